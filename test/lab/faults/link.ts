import { readFile } from 'node:fs/promises';
import { exec, must } from '../exec.ts';
import { type Fault, SECONDS } from './fault.ts';
import { later, stopHelper } from './helper.ts';

const up = (link: string) => ['ip', 'link', 'set', link, 'up'];

export const link: Fault = {
  takes: SECONDS,
  does: 'its network cable is out, for so long',
  async cause({ host }, seconds) {
    await must(['ip', 'link', 'set', host.link, 'down']);
    await later(host, 'link', seconds, up(host.link));
  },
  async mend({ host }) {
    await stopHelper(host, 'link');
    await exec(up(host.link));
  },
  async isOn({ host }) {
    const state = await readFile(`/sys/class/net/${host.link}/flags`, 'utf8').catch(() => '1');
    return (Number(state) & 1) === 0; // IFF_UP
  },
};

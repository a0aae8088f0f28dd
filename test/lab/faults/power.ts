import { bootHost, rebootHost } from '../boot-host.ts';
import { processes } from '../cgroup.ts';
import { hasDisk } from '../disk.ts';
import { powerOff } from '../machine.ts';
import { type Fault, PASSING } from './fault.ts';

export const reboot: Fault = {
  does: 'an orderly reboot; back when it has booted',
  cause: ({ host }) => rebootHost(host),
  ...PASSING,
};

const isOff: Fault['isOn'] = async ({ host }) => hasDisk(host) && (await processes(host.cgroup)).length === 0;

export const powercut: Fault = {
  does: 'it is off at once; taken back, it boots from its own disk',
  cause: ({ host }) => powerOff(host),
  async mend(target) {
    if (await isOff(target)) await bootHost(target.net, target.host);
  },
  isOn: isOff,
};

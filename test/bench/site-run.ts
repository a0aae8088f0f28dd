import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from '../../src/model/index.ts';
import { must } from '../lab/exec.ts';
import { openLab } from '../lab/lab.ts';
import { SiteProject, troubles } from '../site/site-project.ts';
import { opensshCommand } from './openssh.ts';
import { peakMemory } from './peak-memory.ts';
import { recordScripts, type SentScript } from './record-scripts.ts';
import { startWireMeter, type Traffic } from './wire-meter.ts';

export const BIN = resolve(import.meta.dirname, '../../dist/bin.js');
const HOST = 'lb-01';

/** What a run has to do with one host. */
export interface HostCost extends Traffic {
  readonly execs: number;
}

/** The shipped site on the lab's four hosts, converged, with all that runs over it again. */
export class SiteRun {
  readonly #project: SiteProject;
  readonly #sent: readonly SentScript[];

  private constructor(project: SiteProject, sent: readonly SentScript[]) {
    this.#project = project;
    this.#sent = sent;
  }

  static async open(): Promise<SiteRun> {
    const lab = openLab(process.env.TRUEUP_LAB_NET, (line) => console.error(line));
    await lab.up();
    const project = await SiteProject.create(lab.net);
    const applied = await project.apply();
    if (applied.exitCode !== 0) throw new Error(troubles(applied).join('\n'));
    const { root } = project;
    return new SiteRun(
      project,
      await recordScripts(join(root, 'playbooks/site.ts'), join(root, 'inventory/lab.yml')),
    );
  }

  get trueup(): Command {
    return this.#trueup('lab.yml');
  }

  openssh(...options: string[]): Promise<Command> {
    return this.#openssh(this.#sent, options);
  }

  memory(): Promise<number> {
    return peakMemory(this.trueup);
  }

  /** What passes over the wire to one host: with trueup, with OpenSSH. */
  async wire(): Promise<{ trueup: HostCost; openssh: Traffic }> {
    const sent = this.#sent.filter(({ host }) => host.name === HOST);
    const host = sent[0]?.host;
    if (!host) throw new Error(`nothing was sent to ${HOST}`);
    const meter = await startWireMeter(host.address, host.port);
    const far = { address: '127.0.0.1', port: meter.port };
    const inventory = await readFile(join(this.#project.root, 'inventory/lab.yml'), 'utf8');
    await this.#project.write(
      'inventory/wire.yml',
      inventory.replace(
        new RegExp(`address: ${host.address}\\b`),
        `address: ${far.address}, port: ${far.port}, lanAddress: ${host.address}`,
      ),
    );
    await must([...this.#trueup('wire.yml'), '-l', HOST]);
    meter.read();
    await must([...this.#trueup('wire.yml'), '-l', HOST]);
    const trueup = { execs: sent.length, ...meter.read() };
    await must(await this.#openssh(sent.map((each) => ({ ...each, host: { ...host, ...far } }))));
    const openssh = meter.read();
    await meter.stop();
    return { trueup, openssh };
  }

  close(): Promise<void> {
    return this.#project.remove();
  }

  #trueup(inventory: string): Command {
    const { root } = this.#project;
    const files = [join(root, 'playbooks/site.ts'), '-i', join(root, 'inventory', inventory)];
    return [process.execPath, BIN, 'apply', ...files, '--yes'];
  }

  #openssh(sent: readonly SentScript[], options: readonly string[] = []): Promise<Command> {
    const { root } = this.#project;
    return opensshCommand(sent, { folder: root, knownHosts: join(root, '.trueup/known_hosts'), options });
  }
}

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { exec } from '../lab/exec.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface JsonStep {
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly changes: readonly { readonly summary: string }[];
  readonly note?: string;
  readonly error?: string;
  readonly lines?: readonly string[];
  readonly advice?: string;
}

interface JsonTurn {
  readonly play: string;
  readonly before: readonly (JsonStep & { readonly on: string })[];
  readonly after: readonly (JsonStep & { readonly on: string })[];
}

interface JsonHost {
  readonly name: string;
  readonly status: string;
  readonly execs: number;
  readonly error?: string;
  readonly counts: Readonly<Record<'ok' | 'changed' | 'pending' | 'unknown' | 'failed' | 'skipped', number>>;
  readonly steps: readonly JsonStep[];
  readonly rollouts?: readonly JsonTurn[];
}

export interface JsonRun {
  readonly exitCode: number;
  readonly error: { readonly message: string } | null;
  readonly hosts: readonly JsonHost[];
  readonly rollouts?: readonly {
    readonly play: string;
    readonly batches: readonly (readonly string[])[];
    readonly stopped?: string;
    readonly notReached?: readonly string[];
  }[];
}

/** A user's own project with the shipped playbooks, templates and inventory, for the lab of another net. */
export class SiteProject {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(net: string): Promise<SiteProject> {
    const root = await mkdtemp(join(tmpdir(), 'trueup-site-'));
    for (const folder of ['playbooks', 'templates', 'inventory']) {
      await cp(join(ROOT, folder), join(root, folder), { recursive: true });
    }
    await writeFile(join(root, 'package.json'), '{ "type": "module" }\n');
    await moveNet(join(root, 'inventory'), net);
    return new SiteProject(root);
  }

  /** Runs the built command; its end is awaited, whatever the exit code. */
  async run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return exec(this.#command(args), { seconds: 1200 });
  }

  async json(...args: string[]): Promise<JsonRun> {
    const { stdout, stderr } = await this.run(...args, '--json');
    if (stdout === '') throw new Error(`no document; stderr: ${stderr}`);
    return JSON.parse(stdout);
  }

  plan(...args: string[]): Promise<JsonRun> {
    return this.json('plan', 'playbooks/site.ts', ...args);
  }

  apply(...args: string[]): Promise<JsonRun> {
    return this.json('apply', 'playbooks/site.ts', '--yes', ...args);
  }

  /** Starts the built command and leaves it running. */
  start(...args: string[]): ChildProcess {
    const [program = '', ...rest] = this.#command(args);
    return spawn(program, rest, { stdio: 'ignore' });
  }

  /** Starts it with an eye on what it prints. */
  watch(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
    const [program = '', ...rest] = this.#command(args);
    return spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.root, path), text);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  #command([verb = '', playbook = '', ...rest]: string[]): string[] {
    const inventory = join(this.root, 'inventory/lab.yml');
    return [
      process.execPath,
      join(ROOT, 'dist/bin.js'),
      verb,
      join(this.root, playbook),
      '-i',
      inventory,
      ...rest,
    ];
  }
}

async function moveNet(folder: string, net: string): Promise<void> {
  const prefix = net.replace(/\.0\/24$/, '.');
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('10.61.0.', prefix));
  }
}

/** `host: kind name` of the steps with one of these statuses. */
export function stepsWith(run: JsonRun, ...statuses: string[]): string[] {
  return run.hosts.flatMap(({ name, steps }) =>
    steps
      .filter(({ status }) => statuses.includes(status))
      .map((step) => `${name}: ${step.kind} ${step.name}`),
  );
}

/** Everything that went wrong, for a message that tells why a test failed. */
export function troubles(run: JsonRun): string[] {
  const hosts = run.hosts.filter(({ error }) => error).map(({ name, error }) => `${name}: ${error}`);
  const steps = run.hosts.flatMap(({ name, steps: all }) =>
    all
      .filter(({ error }) => error)
      .map((step) => `${name}: ${step.kind} ${step.name}: ${step.error} ${step.lines?.join(' | ') ?? ''}`),
  );
  const stops = (run.rollouts ?? []).flatMap(({ stopped }) => stopped ?? []);
  return [...(run.error ? [run.error.message] : []), ...hosts, ...steps, ...stops];
}

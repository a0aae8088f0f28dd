import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { makeCgroup, processes, removeCgroup } from '../cgroup.ts';
import type { Host } from '../names.ts';

/**
 * Start a process that keeps a fault up, or takes it back later, and that outlives us. Its control group lies beside
 * the host's: no freeze and no power cut reaches it. Returns the first line that it says.
 */
export async function startHelper(host: Host, kind: string, command: readonly string[]): Promise<string> {
  await stopHelper(host, kind);
  const cgroups = await makeCgroup(groupOf(host, kind));
  const join = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  const child = spawn('sh', ['-c', join, 'sh', ...cgroups, '--', ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.unref();
  return firstLine(child, `${kind} on ${host.name}`);
}

export async function stopHelper(host: Host, kind: string): Promise<void> {
  await removeCgroup(groupOf(host, kind));
}

export async function helperRuns(host: Host, kind: string): Promise<boolean> {
  return (await processes(groupOf(host, kind))).length > 0;
}

/** Does something after these seconds; nothing where there are none. */
export async function later(
  host: Host,
  kind: string,
  seconds: string,
  command: readonly string[],
): Promise<void> {
  await stopHelper(host, kind);
  if (seconds === '') return;
  const wait = 'echo waiting; exec >&- 2>&-; sleep "$1"; shift; exec "$@"';
  await startHelper(host, kind, ['sh', '-c', wait, 'sh', seconds, ...command]);
}

function groupOf(host: Host, kind: string): string {
  return `${host.cgroup}-${kind}`;
}

type Talker = ChildProcessByStdio<null, Readable, Readable>;

function firstLine(child: Talker, what: string): Promise<string> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const line = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`${what} ended with ${code}: ${complaint.trim()}`)));
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  return line.finally(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  });
}

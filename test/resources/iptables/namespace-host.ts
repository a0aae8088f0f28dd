import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import {
  type Action,
  type Command,
  type FileState,
  type Finding,
  type Output,
  ProbeError,
  type Reader,
  shellLine,
} from '../../../src/model/index.ts';
import { standingFile } from '../../scripted-host.ts';

export type Backend = 'nft' | 'legacy';

/** A network and an /etc of their own, for real iptables: nothing of this machine's is touched. Needs root. */
export interface NamespaceHost {
  readonly reader: Reader;
  run(command: Command, stdin?: string): Output;
  /** What the engine would do, one action after the other. */
  perform(finding: Finding): Output[];
  close(): void;
}

const NAMES = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

const PREPARE = `set -e
for package in iptables ipset; do command -v $package >/dev/null || { echo "install $package" >&2; exit 1; }; done
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mkdir -p /etc/sysconfig
backend=$1
shift
for name; do ln -sfn "/usr/sbin/\${name%%-*}-$backend\${name#"\${name%%-*}"}" "/etc/alternatives/$name"; done`;

export async function namespaceHost(backend: Backend, units: string): Promise<NamespaceHost> {
  const holder = spawn('unshare', ['-n', '-m', 'sleep', '600'], { stdio: 'ignore' });
  await ownNamespaces(holder);
  const run = (command: Command, stdin = ''): Output => {
    const inside = ['-t', String(holder.pid), '-n', '-m', '--', ...command];
    const { status, stdout, stderr, error } = spawnSync('nsenter', inside, { input: stdin });
    if (error) throw error;
    return { code: status ?? -1, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout };
  };
  const prepared = run(['sh', '-c', PREPARE, 'trueup', backend, ...NAMES]);
  if (prepared.code !== 0)
    throw new Error(`this test needs root, and the Debian packages iptables and ipset: ${prepared.stderr}`);
  return {
    reader: readerOf(run, units),
    run,
    perform: (finding) =>
      finding.status === 'change'
        ? finding.changes.flatMap(({ actions }) => actions.map((action) => perform(run, action)))
        : [],
    close: () => holder.kill('SIGKILL'),
  };
}

async function ownNamespaces(holder: ChildProcess): Promise<void> {
  const own = readlinkSync('/proc/self/ns/mnt');
  const deadline = Date.now() + 10_000;
  while (readlinkSync(`/proc/${holder.pid}/ns/mnt`) === own) {
    if (Date.now() > deadline) throw new Error('unshare made no namespace');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Run = NamespaceHost['run'];

function readerOf(run: Run, units: string): Reader {
  return {
    async probe(command, { expect = [0] } = {}) {
      if (command[0] === 'systemctl')
        return { code: 0, stdout: units, stderr: '', bytes: Buffer.from(units) };
      const output = run(command);
      if (!expect.includes(output.code)) throw new ProbeError(`${shellLine(command)}: ${output.stderr}`);
      return output;
    },
    file: async (path) => fileIn(run, path),
  };
}

function fileIn(run: Run, path: string): FileState {
  const { code, stdout } = run(['stat', '-c', '%a %U %G', path]);
  if (code !== 0) return { exists: false };
  const [mode = '', owner = '', group = ''] = stdout.trim().split(' ');
  return standingFile(run(['cat', path]).stdout, { mode: mode.padStart(4, '0'), owner, group });
}

function perform(run: Run, action: Action): Output {
  if ('exec' in action) return run(action.exec, action.stdin);
  const { path, content, mode, validate = ['true'] } = action.write;
  const fresh = `${path}.new`;
  run(['sh', '-c', 'cat >"$1"; chmod "$2" "$1"', 'trueup', fresh, mode], content.toString());
  const [command, ...words] = validate;
  const checked = run([command, ...words.map((word) => word.replace('%s', fresh))]);
  return checked.code === 0 ? run(['mv', fresh, path]) : checked;
}

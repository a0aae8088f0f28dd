import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../src/model/index.ts';
import type { ConnectOptions } from '../../src/remote/index.ts';
import { localPort } from './local-port.ts';

export interface SshdOptions {
  /** Further lines of sshd_config. They come first, and the first line for a keyword counts. */
  readonly config?: readonly string[];
  /** Where it listens. Default: 127.0.0.1. */
  readonly listen?: string;
  /** Types of host keys. Default: ed25519. */
  readonly hostKeys?: readonly string[];
  /** sh that runs before sshd starts, in its namespaces; $1 is the scratch folder. */
  readonly prepare?: string;
}

/** An OpenSSH server on 127.0.0.1, in mount and process namespaces of its own: stop() leaves nothing behind. */
export interface Sshd {
  readonly port: number;
  /** A scratch folder that both sides see; the client's key is `id` in it, the server's are `host_TYPE`. */
  readonly dir: string;
  readonly host: Host;
  /** Knows the server's keys. */
  readonly options: ConnectOptions;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  if (!existsSync(SSHD)) throw new Error(`${SSHD} is missing: install the package openssh-server`);
  const dir = mkdtempSync(join(tmpdir(), 'trueup-sshd-'));
  const port = await freePort();
  const types = options.hostKeys ?? ['ed25519'];
  for (const name of ['id', ...types.map((type) => `host_${type}`)]) makeKey(dir, name);
  const keys = types.map((type) => readFileSync(join(dir, `host_${type}.pub`), 'utf8'));
  writeFileSync(join(dir, 'known_hosts'), keys.map((key) => `[127.0.0.1]:${port} ${key}`).join(''));
  writeFileSync(join(dir, 'sshd_config'), configLines(dir, port, types, options).join('\n'));
  const child = launch(dir, options.prepare ?? '');
  await answering(port, child, join(dir, 'log'));
  return { port, dir, ...clientSide(dir, port), stop: () => stop(child, dir) };
}

/** A key pair without a passphrase; the type is the last part of the name, or ed25519. */
export function makeKey(dir: string, name: string, ...more: string[]): string {
  const type = /_(rsa|ecdsa)$/.exec(name)?.[1] ?? 'ed25519';
  const path = join(dir, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-f', path, '-N', '', '-C', name, ...more]);
  return path;
}

function configLines(
  dir: string,
  port: number,
  types: readonly string[],
  { config = [], listen = '127.0.0.1' }: SshdOptions,
): string[] {
  return [
    ...config,
    `ListenAddress ${listen}`,
    `Port ${port}`,
    ...types.map((type) => `HostKey ${dir}/host_${type}`),
    `AuthorizedKeysFile ${dir}/id.pub`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    `PidFile ${dir}/pid`,
    '',
  ];
}

function launch(dir: string, prepare: string): ChildProcess {
  // A home of its own for root: the .bashrc of whoever runs the tests shall not matter.
  const inside = `set -e; mount -t tmpfs tmpfs /run; mount -t tmpfs -o mode=755 tmpfs /var/lib; mkdir -m 755 /run/sshd "$1/home"
    sed "s|^root:.*|root:x:0:0:root:$1/home:/bin/bash|" /etc/passwd >"$1/passwd"
    mount --bind "$1/passwd" /etc/passwd
    ${prepare}
    exec ${SSHD} -D -E "$1/log" -f "$1/sshd_config"`;
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const words = ['--pdeathsig', 'KILL', ...namespaces, 'sh', '-c', inside, 'sh', dir];
  return spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function answering(port: number, child: ChildProcess, log: string): Promise<void> {
  while (!(await canConnect(port))) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
    await sleep(20);
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** How to connect as root to a server on this port, with the keys of the folder. */
export function clientSide(dir: string, port: number): { host: Host; options: ConnectOptions } {
  const known = join(dir, 'known_hosts');
  return {
    host: {
      name: 'test-host',
      address: '127.0.0.1',
      port,
      user: 'root',
      identityFile: join(dir, 'id'),
      hostKeys: 'strict',
      groups: [],
      vars: {},
    },
    options: { knownHostsFiles: [known], acceptInto: join(dir, 'accepted', 'known_hosts'), defaultKeys: [] },
  };
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
  rmSync(dir, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  const port = await localPort(server);
  server.close();
  await once(server, 'close');
  return port;
}

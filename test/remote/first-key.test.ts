import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ParsedKey } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Host,
  HostKeyError,
  InputError,
  Secret,
  TrueupError,
  UnreachableError,
} from '../../src/model/index.ts';
import { type ConnectOptions, connect } from '../../src/remote/index.ts';
import {
  knownHostsKey,
  newHostKey,
  type RecordingOptions,
  type RecordingServer,
  startRecordingServer,
} from './recording-server.ts';

const PASSWORD = 'correct horse';
const JITI = join(import.meta.dirname, '../../node_modules/jiti/lib/jiti-cli.mjs');

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trueup-first-key-'));
  file = join(folder, 'project', 'known_hosts');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function serve(options: RecordingOptions): Promise<RecordingServer> {
  const server = await startRecordingServer(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Shows one key after the other, a connection each. */
function inTurn(...keys: ParsedKey[]): RecordingOptions {
  return { hostKey: (connection) => keys[connection] ?? newHostKey() };
}

/** What a login with the password ends in: none of these servers lets anyone in. */
async function attempt({ port }: { port: number }, more: Partial<Host> = {}): Promise<TrueupError> {
  const host: Host = {
    name: 'new-host',
    address: '127.0.0.1',
    port,
    user: 'root',
    hostKeys: 'accept-new',
    groups: [],
    vars: {},
    ...more,
  };
  const options: ConnectOptions = {
    knownHostsFiles: [file],
    acceptInto: file,
    agent: '',
    defaultKeys: [],
    secretOf: (name) => (name === 'TRUEUP_SSH_PASSWORD' ? new Secret(name, PASSWORD) : undefined),
  };
  const result = await connect(host, options).catch((error: unknown) => error);
  if (result instanceof TrueupError) return result;
  throw new Error(`not refused: ${result}`);
}

function line({ port }: { port: number }, key: ParsedKey): string {
  return `[127.0.0.1]:${port} ${knownHostsKey(key)}\n`;
}

describe('the first key of a host', () => {
  it('is stored although the login fails: a second key gets no credential', async () => {
    const [first, second] = [newHostKey(), newHostKey()];
    const server = await serve(inTurn(first, second, second, first));
    expect(await attempt(server)).toBeInstanceOf(UnreachableError);
    expect(server.offered).toEqual([{ connection: 0, method: 'password', password: PASSWORD }]);
    expect(readFileSync(file, 'utf8')).toBe(line(server, first));
    for (const _ of [1, 2]) expect(await attempt(server)).toBeInstanceOf(HostKeyError);
    expect(server.offered).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(line(server, first));
    expect(await attempt(server)).toBeInstanceOf(UnreachableError);
    expect(server.offered.map(({ connection }) => connection)).toEqual([0, 3]);
  });

  it('is in the file before the host is offered anything', async () => {
    const key = newHostKey();
    const seen: string[] = [];
    const server = await serve({
      hostKey: () => key,
      onOffered: () => seen.push(existsSync(file) ? readFileSync(file, 'utf8') : 'no file'),
    });
    await attempt(server);
    expect(seen).toEqual([line(server, key)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is not stored if the host shows it without holding it', async () => {
    const [held, shown] = [newHostKey(), newHostKey()];
    const pretended = Object.create(held, { getPublicSSH: { value: () => shown.getPublicSSH() } });
    const server = await serve({ hostKey: () => pretended });
    const error = await attempt(server);
    expect(error.message).toContain('signature verification failed');
    expect(server.offered).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a first key that cannot be stored', () => {
  it('has the host refused before any credential', async () => {
    writeFileSync(join(folder, 'project'), 'a file where the folder must be');
    const server = await serve({ hostKey: () => newHostKey() });
    const error = await attempt(server);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/^the host key of new-host cannot be stored in .*known_hosts: E/);
    expect(error.advice).toContain('writable');
    expect(server.offered).toEqual([]);
  });

  it('leaves nothing of itself on a full disk', async () => {
    const server = await serve({ hostKey: () => newHostKey() });
    const before = `other ${knownHostsKey(newHostKey())}\n`;
    execFileSync('mkdir', ['-p', join(folder, 'project')]);
    writeFileSync(file, before);
    const error = await withFileLimit(before.length + 40, () => attempt(server));
    expect(error.message).toContain('cannot be stored');
    expect(server.offered).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

/** As with a full disk, a write that crosses the limit is cut short, and the next one fails. */
async function withFileLimit<T>(bytes: number, task: () => Promise<T>): Promise<T> {
  const limit = (soft: string) => execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${soft}:`]);
  const ignore = () => {};
  process.on('SIGXFSZ', ignore);
  try {
    limit(`${bytes}`);
    return await task();
  } finally {
    limit('unlimited');
    process.off('SIGXFSZ', ignore);
  }
}

describe('at the same time', () => {
  it('of two connections to one new host that shows each another key, one gets credentials', async () => {
    const server = await serve({ hostKey: () => newHostKey() });
    const errors = await Promise.all([1, 2, 3, 4].map(() => attempt(server)));
    expect(errors.filter((error) => error instanceof HostKeyError)).toHaveLength(3);
    expect(server.connections).toBe(4);
    expect(server.offered).toHaveLength(1);
    expect(readFileSync(file, 'utf8').match(/\n/g)).toHaveLength(1);
  });

  it('two connections to one new host store its key once', async () => {
    const key = newHostKey();
    const server = await serve({ hostKey: () => key });
    await Promise.all([1, 2, 3].map(() => attempt(server)));
    expect(server.offered).toHaveLength(3);
    expect(readFileSync(file, 'utf8')).toBe(line(server, key));
  });

  it('many new hosts are stored, each on a line of its own', async () => {
    const hosts = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const key = newHostKey();
        return { key, server: await serve({ hostKey: () => key }) };
      }),
    );
    await Promise.all(hosts.map(({ server }) => attempt(server)));
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    expect(lines.sort()).toEqual(hosts.map(({ server, key }) => line(server, key).trim()).sort());
  });

  it('a lock that a dead run has left holds nothing up for long', async () => {
    execFileSync('mkdir', ['-p', join(folder, 'project')]);
    const lock = `${file}.lock`;
    writeFileSync(lock, '');
    const old = Date.now() / 1000 - 60;
    utimesSync(lock, old, old);
    const key = newHostKey();
    const server = await serve({ hostKey: () => key });
    await attempt(server);
    expect(readFileSync(file, 'utf8')).toBe(line(server, key));
    expect(existsSync(lock)).toBe(false);
  });

  it('runs in processes of their own wait for each other', async () => {
    const file = join(folder, 'number');
    writeFileSync(file, '0');
    const words = [JITI, join(import.meta.dirname, 'lock-counter.ts'), file, '30'];
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const counters = [1, 2, 3].map(() => spawn(process.execPath, words, { stdio: [...stdio] }));
    await Promise.all(counters.map(({ stdout }) => once(stdout as Readable, 'data')));
    const ended = counters.map((counter) => once(counter, 'exit'));
    for (const { stdin } of counters) stdin?.write('go');
    const codes = await Promise.all(ended);
    expect(codes).toEqual(counters.map(() => [0, null]));
    expect(readFileSync(file, 'utf8')).toBe('90');
  }, 60_000);
});

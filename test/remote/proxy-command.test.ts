import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Host,
  HostKeyError,
  NotUpError,
  type SshSettings,
  UnreachableError,
} from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let pipe: string;

beforeAll(async () => {
  sshd = await startSshd({ config: ['PasswordAuthentication yes'] });
  pipe = join(sshd.dir, 'pipe.cjs');
  writeFileSync(
    pipe,
    `const [host, port] = process.argv.slice(2);
    const socket = require('node:net').connect(port, host);
    socket.on('error', ({ message }) => { console.error(message); process.exit(1); });
    process.stdin.pipe(socket).pipe(process.stdout);`,
  );
});
afterAll(() => sshd?.stop());

function command(port = sshd.port): string {
  return `${process.execPath} ${pipe} 127.0.0.1 ${port}`;
}

/** Options of ssh that leave nothing to ask for but what the key needs. */
function anybody(key: string): string {
  const trust = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null';
  return `-F none ${trust} -o IdentitiesOnly=yes -i ${key} -p ${sshd.port}`;
}

function settings(key: string): SshSettings {
  const config = `${key}.config`;
  writeFileSync(
    config,
    `Host bastion
    HostName 127.0.0.1
    Port ${sshd.port}
    User root
    IdentityFile ${key}
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
`,
  );
  return { destination: '127.0.0.1', config, identityFiles: [], identitiesOnly: false };
}

describe('a ProxyCommand', () => {
  it('is the way to the host, whose own key is still checked', async () => {
    expect(await login(sshd, { proxyCommand: command() })).toBe('root');
    const error = await refusal(sshd, { proxyCommand: command() }, { knownHostsFiles: [] });
    expect(error).toBeInstanceOf(HostKeyError);
  });

  it('is run by a shell', async () => {
    expect(await login(sshd, { proxyCommand: `test -n "$HOME" && cat | ${command()} | cat` })).toBe('root');
  });

  it.each<[string, () => string, RegExp]>([
    ['that cannot connect', () => command(1), /ProxyCommand `.*`: connect ECONNREFUSED/],
    ['that is not there', () => 'no-such-tool %h', /no-such-tool: not found/],
    ['that fails without a word', () => 'exit 3', /it ended with exit code 3/],
    ['that wants a terminal', () => 'read answer </dev/tty', /cannot open \/dev\/tty/],
  ])('%s says so', async (_, proxyCommand, message) => {
    const error = await refusal(sshd, { proxyCommand: proxyCommand() });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(message);
    expect(error.advice).toMatch(/by hand/);
    expect(error instanceof NotUpError).toBe(/REFUSED/.test(error.message));
  });

  it.each<[string, (key: string) => Partial<Host>]>([
    [
      'of its own',
      (key) => ({ proxyCommand: `ssh ${anybody(key)} -W 127.0.0.1:${sshd.port} root@127.0.0.1` }),
    ],
    ['as a jump', (key) => ({ jump: ['bastion'], ssh: settings(key) })],
  ])('that would ask for a passphrase or a password, %s, asks nobody', async (name, host) => {
    const key = makeKey(sshd.dir, `locked-${name.length}`, '-N', 'pass phrase');
    appendFileSync(join(sshd.dir, 'id.pub'), readFileSync(`${key}.pub`));
    const asked = join(sshd.dir, 'asked');
    writeFileSync(`${asked}.sh`, `#!/bin/sh\necho "$*" >>${asked}\n`, { mode: 0o755 });
    for (const [variable, value] of Object.entries({
      DISPLAY: ':0',
      SSH_ASKPASS: `${asked}.sh`,
      SSH_ASKPASS_REQUIRE: 'force',
    }))
      vi.stubEnv(variable, value);
    const error = await refusal(sshd, host(key)).finally(() => vi.unstubAllEnvs());
    expect(error.message).toMatch(/Permission denied/);
    expect(existsSync(asked)).toBe(false);
  });

  it('that says nothing at all is given up in time, and ended', async () => {
    const error = await refusal(sshd, { proxyCommand: `sleep 71; echo ${pipe}`, connectTimeout: 1 });
    expect(error.message).toContain('does not answer');
    await ended('sleep 71');
  });

  it('ends with the connection, whatever it has started', async () => {
    const mark = join(sshd.dir, 'still-there');
    const proxyCommand = `(trap '' HUP PIPE; >${mark}; exec sleep 73) & ${command()}`;
    const remote = await connect({ ...sshd.host, proxyCommand }, sshd.options);
    while (!existsSync(mark)) await sleep(10);
    await remote.close();
    await ended('sleep 73');
  });
});

async function ended(words: string): Promise<void> {
  const processes = () => execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).split('\n');
  while (processes().some((line) => line.startsWith(words))) await sleep(20);
}

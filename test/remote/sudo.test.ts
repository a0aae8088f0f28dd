import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EscalationError, type Host, type Remote, Secret, shell } from '../../src/model/index.ts';
import { type ConnectOptions, connect } from '../../src/remote/index.ts';
import { login, refusal } from './attempt.ts';
import { type Sshd, startSshd } from './sshd.ts';
import { PASSWORD, SUDO_USERS } from './sudo-users.ts';

let sshd: Sshd;

beforeAll(async () => {
  const config = ['Match User helpless', ' SetEnv PATH=/no-sudo-here', 'Match all'];
  sshd = await startSshd({ prepare: SUDO_USERS, config });
});

afterAll(() => sshd?.stop());

function as(user: string): Partial<Host> {
  return { user };
}

async function connected<T>(
  user: string,
  use: (remote: Remote) => Promise<T>,
  options: Partial<ConnectOptions> = {},
): Promise<T> {
  const remote = await connect({ ...sshd.host, user }, { ...sshd.options, ...options });
  try {
    return await use(remote);
  } finally {
    await remote.close();
  }
}

describe('a user who may use sudo', () => {
  it('is root in every exec, and it takes no exec more', async () => {
    expect(await login(sshd, as('allowed'))).toBe('root');
    const execs = await connected('allowed', async (remote) => {
      await remote.run({ actions: [{ command: ['true'], limit: 5 }], probes: [] });
      return remote.execs;
    });
    expect(execs).toBe(1);
  });

  it('finds the same surroundings as root does, whatever the login shell does', async () => {
    const command = shell('echo "$HOME $PATH $LC_ALL $(umask) $(pwd)"; echo err >&2');
    const answers = await connected('allowed', (remote) =>
      remote.run({ actions: [], probes: [{ command, limit: 5 }] }),
    );
    expect(answers.probes).toMatchObject([
      { output: { stdout: `${sshd.dir}/home /usr/sbin:/usr/bin:/sbin:/bin C 0022 /\n`, stderr: 'err\n' } },
    ]);
  });

  it('writes files and runs detached jobs as root', async () => {
    const path = `${sshd.dir}/by-sudo`;
    const [written, job] = await connected('allowed', (remote) =>
      Promise.all([
        remote.write({ path, content: Buffer.from('x'), mode: '0600', owner: 'root', group: 'root' }),
        remote.runDetached({ name: 'by-sudo', run: 'x' }, { command: ['stat', '-c', '%U', path], limit: 5 }),
      ]),
    );
    expect(written).toMatchObject({ kind: 'output', output: { code: 0, stderr: '' } });
    expect(job).toMatchObject({ kind: 'output' });
  });

  it('leaves nothing running behind a closed connection', async () => {
    const { promise, remote } = await connected('allowed', async (open) => {
      const command = shell('sleep 61; :');
      const running = open
        .run({ actions: [], probes: [{ command, limit: 100 }] })
        .catch((error: unknown) => error);
      while (!(await processes()).includes('sleep 61')) {}
      return { promise: running, remote: open };
    });
    expect(await promise).toBeInstanceOf(Error);
    expect(remote.execs).toBe(2);
    expect(await processes()).not.toContain('sleep 61');
  });
});

function processes(): Promise<string> {
  return connected('root', async (remote) => {
    const { probes } = await remote.run({
      actions: [],
      probes: [{ command: ['ps', '-eo', 'args'], limit: 5 }],
    });
    return probes[0]?.kind === 'output' ? probes[0].output.stdout : '';
  });
}

describe('a user who may not', () => {
  it.each<[string, string, message: string, advice: string]>([
    ['has a password to give', 'asked', 'sudo wants a password of asked', 'asked ALL=(ALL) NOPASSWD: ALL'],
    ['has no terminal', 'terminal', 'sudo insists on a terminal', 'Defaults:terminal !requiretty'],
    ['is not in sudoers', 'stranger', 'stranger', 'NOPASSWD'],
    ['has no sudo', 'helpless', 'there is no sudo', 'Install it'],
  ])('because the user %s, hears so', async (_, user, message, advice) => {
    const error = await refusal(sshd, as(user));
    expect(error).toBeInstanceOf(EscalationError);
    expect(error.message).toContain(message);
    expect(error.advice).toContain(advice);
  });
});

function withPassword(value: string, name = 'TRUEUP_SUDO_PASSWORD'): Partial<ConnectOptions> {
  return { secretOf: (asked) => (asked === name ? new Secret(name, value) : undefined) };
}

/** What sudo itself has noted since the last time. */
function sudoLog(): string {
  const file = join(sshd.dir, 'sudo.log');
  const text = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\n    ', ' ') : '';
  rmSync(file, { force: true });
  return text;
}

describe('a password for sudo', () => {
  it.each(['TRUEUP_SUDO_PASSWORD', 'TRUEUP_SUDO_PASSWORD_TEST_HOST', 'TRUEUP_SUDO_PASSWORD_LAB'])(
    'is taken from %s, and takes no exec more',
    async (name) => {
      const host = { user: 'asked', groups: ['lab'] };
      expect(await login(sshd, host, withPassword(PASSWORD, name))).toBe('root');
      const ran = await connected('asked', (remote) => rootTwice(remote), withPassword(PASSWORD));
      expect(ran).toBe(2);
    },
  );

  async function rootTwice(remote: Remote): Promise<number> {
    const whoami = () => remote.run({ actions: [], probes: [{ command: ['whoami'], limit: 5 }] });
    for (const { probes } of await Promise.all([whoami(), whoami()]))
      expect(probes).toMatchObject([{ output: { stdout: 'root\n' } }]);
    return remote.execs;
  }

  it.each(['asked', 'allowed', 'root'])('never gets into what %s writes', async (user) => {
    const path = `${sshd.dir}/by-${user}`;
    const content = Buffer.from('first line\n\0last line');
    const file = { path, content, mode: '0600', owner: 'root', group: 'root' };
    const write = (remote: Remote) => remote.write(file);
    const answer = await connected(user, write, withPassword(PASSWORD));
    expect(answer).toMatchObject({ kind: 'output', output: { code: 0, stderr: '' } });
    expect(readFileSync(path)).toEqual(content);
  });

  it('is given where sudo wants none for some commands', async () => {
    expect(await login(sshd, as('partly'), withPassword(PASSWORD))).toBe('root');
  });

  it('is given to nobody who wants none', async () => {
    sudoLog();
    expect(await login(sshd, as('allowed'), withPassword('wrong'))).toBe('root');
    expect(sudoLog()).not.toContain('incorrect');
  });

  it('that is wrong is tried once, whatever else is waiting', async () => {
    sudoLog();
    const results = await connected(
      'asked',
      (remote) => {
        const ask = () => remote.run({ actions: [], probes: [{ command: ['true'], limit: 5 }] });
        return Promise.allSettled([ask(), ask(), ask(), remote.reconnectTest()]);
      },
      withPassword('hunter2'),
    );
    for (const result of results) {
      if (result.status === 'fulfilled') throw new Error('became root');
      expect(result.reason).toBeInstanceOf(EscalationError);
      expect(result.reason.message).toContain('sudo refuses the password of asked');
      expect(result.reason.advice).toContain('TRUEUP_SUDO_PASSWORD');
    }
    expect(sudoLog().match(/incorrect password/g)).toHaveLength(1);
  });

  it('that is wrong is not tried over the next connection either', async () => {
    sudoLog();
    const host = { ...sshd.host, user: 'asked' };
    for (const _ of [1, 2]) {
      const remote = await connect(host, { ...sshd.options, ...withPassword('hunter2') });
      const asked = remote.run({ actions: [], probes: [{ command: ['true'], limit: 5 }] });
      await expect(asked).rejects.toThrow('sudo refuses the password of asked');
      await remote.close();
    }
    expect(sudoLog().match(/incorrect password/g)).toHaveLength(1);
  });

  it('does not help where sudo keeps no ticket, which is said so', async () => {
    const error = await refusal(sshd, as('hasty'), withPassword(PASSWORD));
    expect(error).toBeInstanceOf(EscalationError);
    expect(error.message).toContain('wants it for each command');
    expect(error.advice).toContain('timestamp_timeout');
  });

  it('leaves the other reasons why there is no root as they are', async () => {
    const error = await refusal(sshd, as('terminal'), withPassword(PASSWORD));
    expect(error.message).toContain('sudo insists on a terminal');
    const missing = await refusal(sshd, as('helpless'), withPassword(PASSWORD));
    expect(missing.message).toContain('there is no sudo');
  });
});

describe('a host whose sh is bash, as on EL', () => {
  it('finds the ticket that sudo keeps for the shell which asked', async () => {
    const bash = await startSshd({
      prepare: `${SUDO_USERS}\nmount --bind /bin/bash "$(readlink -f /bin/sh)"`,
    });
    try {
      expect(await login(bash, as('asked'), withPassword(PASSWORD))).toBe('root');
    } finally {
      await bash.stop();
    }
  });
});

describe('start-up files that put another shell in the place of the login shell', () => {
  it.each(['root', 'allowed'])('are told: it runs nothing of the script, as %s', async (user) => {
    const other = await startSshd({ prepare: `${SUDO_USERS}\necho 'exec sh' >>"$1/home/.bashrc"` });
    try {
      const error = await refusal(other, as(user));
      expect(error).toBeInstanceOf(EscalationError);
      expect(error.message).toContain('put another shell in the place of the login shell');
      expect(error.advice).toContain('[ -t 0 ]');
    } finally {
      await other.stop();
    }
  });
});

describe('a login shell that runs nothing', () => {
  it('is named as the reason', async () => {
    const locked = await startSshd({ config: ['ForceCommand echo this account is not available; exit 1'] });
    try {
      const error = await refusal(locked);
      expect(error).toBeInstanceOf(EscalationError);
      expect(error.message).toContain('did not run a script as root: this account is not available');
    } finally {
      await locked.stop();
    }
  });
});

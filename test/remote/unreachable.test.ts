import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LinkLostError, NotUpError, UnreachableError } from '../../src/model/index.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
const servers: Server[] = [];

beforeAll(async () => {
  sshd = await startSshd({ config: ['MaxAuthTries 2'] });
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

afterAll(() => sshd?.stop());

/** A server that is no sshd. */
async function serve(talk: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => talk(socket.on('error', () => {})));
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('a host that', () => {
  it('refuses connections is said to', async () => {
    const port = await serve(() => {});
    servers.pop()?.close();
    const error = await refusal(sshd, { port });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).not.toBeInstanceOf(LinkLostError);
    expect(error.message).toBe(`test-host (127.0.0.1:${port}) refuses connections`);
    expect(error.advice).toBe('Does sshd run there, and on this port?');
  });

  it('has no address is said to', async () => {
    const error = await refusal(sshd, { address: 'no-such-host.invalid' });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(/the name does not resolve|no name server answers/);
  });

  it('says nothing is given up in time', async () => {
    const port = await serve(() => {});
    const begun = Date.now();
    const error = await refusal(sshd, { port }, { connectTimeout: 0.5 });
    expect(error.message).toContain('does not answer');
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it('says hello and then nothing is given up in time', async () => {
    const port = await serve((socket) => socket.write('SSH-2.0-Silent\r\n'));
    const error = await refusal(sshd, { port }, { connectTimeout: 0.5 });
    expect(error.message).toContain('does not answer');
  });

  it('is no SSH server is said to be none', async () => {
    const port = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await refusal(sshd, { port })).message).toMatch(/closes the connection|cannot be reached/);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['hangs up at once', (socket) => socket.destroy()],
    ['resets when it is greeted', (socket) => socket.once('data', () => socket.resetAndDestroy())],
  ])('%s is tried a few times', async (_name, drop) => {
    let calls = 0;
    const port = await serve((socket) => {
      calls += 1;
      drop(socket);
    });
    const error = await refusal(sshd, { port });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.advice).toMatch(/MaxStartups/);
    expect(calls).toBe(6);
  });

  it('has had enough of our keys says what was offered', async () => {
    const { identityFile: _, ...host } = sshd.host;
    const defaultKeys = ['a', 'b', 'c'].map((name) => makeKey(sshd.dir, name));
    const error = await refusal({ ...sshd, host }, {}, { agent: '', defaultKeys });
    expect(error.message).toMatch(/does not let root in: offered were \S+a, \S+b, \S+c/);
  });
});

describe('an sshd that drops logins at random', () => {
  let busy: Sshd;
  afterEach(() => busy?.stop());

  it.each([
    ['2:50:4', 8],
    ['3:50:6', 40],
  ])(
    'lets everybody in, in the end (MaxStartups %s, %i hosts)',
    async (limit, count) => {
      busy = await startSshd({ config: [`MaxStartups ${limit}`] });
      const logins = await Promise.all(Array.from({ length: count }, () => login(busy)));
      expect(logins).toEqual(Array.from({ length: count }, () => 'root'));
    },
    60_000,
  );

  it('under many addresses, so that they look like hosts of their own, is asked again as well', async () => {
    const addresses = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
    const config = ['MaxStartups 3:50:6', ...addresses.map((address) => `ListenAddress ${address}`)];
    busy = await startSshd({ config });
    const logins = await Promise.all(
      addresses.map((address) => login(busy, { address, hostKeys: 'accept-new' })),
    );
    expect(logins).toEqual(addresses.map(() => 'root'));
    expect(readFileSync(join(busy.dir, 'log'), 'utf8')).toMatch(/drop connection|beginning MaxStartups/);
  }, 60_000);
});

describe('an account that PAM shuts out', () => {
  const shut: Sshd[] = [];
  afterEach(async () => {
    for (const one of shut.splice(0)) await one.stop();
  });

  /** Keys are right, and then the account is refused, with these words of PAM's. */
  async function refusing(words: string): Promise<Sshd> {
    const prepare = `mkdir "$1/pam.d"; echo '${words}' >"$1/words"
printf '%s\\n' "account requisite pam_echo.so file=$1/words" 'account requisite pam_deny.so' >"$1/pam.d/sshd"
mount --bind "$1/pam.d" /etc/pam.d`;
    const one = await startSshd({ config: ['UsePAM yes'], prepare });
    shut.push(one);
    return one;
  }

  it('is told in its own words, and not as a host that does not answer', async () => {
    const error = await refusal(await refusing('Your account has expired.'));
    expect(error.message).toMatch(/ ends the login of root: Your account has expired\.$/);
    expect(error.advice).toContain('journalctl -u sshd');
    expect(error).not.toBeInstanceOf(NotUpError);
  });

  it('is told behind a ProxyCommand, too', async () => {
    const one = await refusing('Your account has expired.');
    const net = `require('net').connect(${one.port}, '127.0.0.1')`;
    const pipe = `const s = ${net}; process.stdin.pipe(s).pipe(process.stdout); s.on('end', () => process.exit())`;
    const error = await refusal(one, { proxyCommand: `${process.execPath} -e "${pipe}"` });
    expect(error.message).toMatch(/ ends the login of root: Your account has expired\.$/);
  });

  it('is one to wait for while the host starts', async () => {
    const error = await refusal(await refusing('System is booting up. Please come back later.'));
    expect(error.message).toContain('System is booting up.');
    expect(error).toBeInstanceOf(NotUpError);
  });
});

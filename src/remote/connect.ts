import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  didYouMean,
  type Host,
  InterruptedError,
  NotUpError,
  type Remote,
  TrueupError,
  UnreachableError,
} from '../model/index.ts';
import { algorithmsFor, noCommonAlgorithm, ServerOffer } from './algorithms.ts';
import { type ConnectOptions, hostSecret } from './connect-options.ts';
import { agentFor, type Credentials, credentialsFor, usualKeys, withoutAgent } from './credentials.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { checkStorable, isNamed, knownHostsOf } from './known-hosts.ts';
import { ProxySocket, proxyCommand, unfolded, wayInWords } from './proxy.ts';
import { RemoteHost } from './remote-host.ts';
import { retry } from './retry.ts';
import { SudoPassword } from './root-shell.ts';
import { Semaphore } from './semaphore.ts';
import { Session } from './session.ts';
import { unreachable } from './unreachable.ts';

/**
 * Connects to a host; becoming root there waits for the first exec.
 *
 * Rejects with HostKeyError if its key is not the one known (or, `strict`, if none is known), and with
 * UnreachableError if it does not answer or does not let us in.
 */
export async function connect(host: Host, options: ConnectOptions): Promise<Remote> {
  const { signal: _, ...uninterrupted } = options;
  const open = (toEnd: boolean) => openSession(host, toEnd ? uninterrupted : options);
  return new RemoteHost(host, await open(false), open, sudoPassword(host, options));
}

/** Of each host, so that one that was refused is not given again over the next connection. */
const sudoPasswords = new WeakMap<Host, SudoPassword>();

function sudoPassword(host: Host, { secretOf }: ConnectOptions): SudoPassword | undefined {
  const secret = hostSecret('TRUEUP_SUDO_PASSWORD', host, secretOf);
  if (!secret) return undefined;
  const password = sudoPasswords.get(host) ?? new SudoPassword(secret);
  sudoPasswords.set(host, password);
  return password;
}

async function openSession(host: Host, options: ConnectOptions): Promise<Session> {
  const credentials = await credentialsFor(host, {
    agent: agentFor(host, options.agent),
    defaultKeys: options.defaultKeys ?? usualKeys(),
    secretOf: options.secretOf,
  });
  try {
    return await patientLogin(host, options, credentials);
  } catch (error) {
    const why = agentFailure(error);
    if (why === undefined) throw error;
    return patientLogin(host, options, withoutAgent(credentials, why));
  }
}

/** An agent that is gone, or does not want to sign, is no reason to leave the other keys untried. */
function agentFailure(error: unknown): string | undefined {
  const { cause } = error instanceof UnreachableError ? error : {};
  return cause instanceof Error && 'level' in cause && cause.level === 'agent' ? cause.message : undefined;
}

async function patientLogin(host: Host, options: ConnectOptions, credentials: Credentials): Promise<Session> {
  try {
    const again = (error: unknown) => isBusy(error) && !options.signal?.aborted;
    return await retry({ tries: 6, pause: 300, longest: 2000, again }, () =>
      throttleLogin(doorOf(host), isBusy, () => login(host, options, credentials)),
    );
  } catch (error) {
    if (options.signal?.aborted) throw new InterruptedError();
    if (error instanceof TrueupError) throw error;
    throw unreachable(host, credentials, error);
  }
}

/** The sshd that is connected to from here. */
function doorOf({ address, port, jump }: Host): string {
  return jump === undefined ? `${address}:${port}` : `jump ${wayInWords(jump)}`;
}

/** sshd drops connections at random while too many are not yet logged in (MaxStartups). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Connection lost before handshake');
}

async function login(host: Host, options: ConnectOptions, credentials: Credentials): Promise<Session> {
  const lines = await knownHostsOf(host, options);
  const check = new HostKeyCheck(host, lines, options);
  const algorithms = algorithmsFor(lines, host);
  const timeout = (host.connectTimeout ?? options.connectTimeout ?? 20) * 1000;
  await checkHopKeys(host, options);
  if (options.signal?.aborted) throw new InterruptedError();
  const socket = socketTo(host, options, timeout);
  const giveUp = () => socket.destroy();
  options.signal?.addEventListener('abort', giveUp);
  const offer = new ServerOffer(socket);
  const opening = Session.open({
    socket,
    user: host.user,
    credentials: credentials.offered,
    algorithms,
    verifyHostKey: (key) => check.accepts(key),
    storeHostKey: () => check.storeFirstKey(),
    timeout,
    keepalive: (options.keepalive ?? 10) * 1000,
  });
  offer.start();
  try {
    return await opening;
  } catch (error) {
    throw (
      check.refusal ??
      noCommonAlgorithm(algorithms, offer.read(), error) ??
      proxyFailure(host, socket, options.names) ??
      check.loginFailure(error)
    );
  } finally {
    offer.stop();
    options.signal?.removeEventListener('abort', giveUp);
  }
}

function socketTo(host: Host, options: ConnectOptions, timeout: number): Duplex {
  const command = proxyCommand(host, options);
  return command ? new ProxySocket(command) : tcpConnect(host, timeout);
}

/**
 * Rejects if the first key of a jump host could not be stored. ssh checks and stores those keys, before it logs in there;
 * but where it cannot write, it only warns, and each further key would be a first one.
 */
async function checkHopKeys(
  { jump }: Host,
  files: Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>,
): Promise<void> {
  for (const hop of (jump ?? []).flatMap(unfolded)) {
    if (typeof hop === 'string' || hop.hostKeys !== 'accept-new') continue;
    if (!isNamed(await knownHostsOf(hop, files), hop)) await checkStorable(hop, files.acceptInto);
  }
}

/** Milliseconds for a host to answer and its sshd to greet: time for a lost first packet to be sent thrice more. */
const GREETING_LIMIT = 10_000;

/** The TCP connection to a host; one over which nobody greets ends with ETIMEDOUT. */
function tcpConnect({ address, port }: Host, timeout: number): Socket {
  const limit = Math.min(timeout, GREETING_LIMIT);
  // Node gives each address of a name 250 ms by default: too little for a slow link.
  const socket = createConnection({
    host: address,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: 3000,
  });
  const timer = setTimeout(() => {
    const error = new Error(`no greeting within ${limit / 1000} s`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  }, limit);
  return socket.once('data', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

/** How many connect through one sshd at a time: it would drop some of more. */
const AT_A_TIME = 8;

const doors = new Map<string, Semaphore>();

/**
 * Waits its turn at the sshd of this name. One that drops connections while too many are not yet logged in
 * (MaxStartups) is given half as many at a time from then on.
 */
function throttleLogin<T>(
  name: string,
  isBusy: (error: unknown) => boolean,
  task: () => Promise<T>,
): Promise<T> {
  const door = doors.get(name) ?? new Semaphore(AT_A_TIME);
  doors.set(name, door);
  return door.use(() =>
    task().catch((error) => {
      if (isBusy(error)) door.limit(Math.ceil(door.busy / 2));
      throw error;
    }),
  );
}

/** What the program that leads to a host says of its end; unless an sshd on the way is only busy. */
function proxyFailure(host: Host, socket: Duplex, names: readonly string[] = []): Error | undefined {
  if (!(socket instanceof ProxySocket) || !socket.complaint || socket.busy) return undefined;
  const { name, jump, proxyCommand } = host;
  const [way, advice] =
    proxyCommand === undefined && jump ? jumpWords(wayInWords(jump)) : commandWords(proxyCommand ?? '');
  const Kind = /refused|timed out|no route/i.test(socket.complaint) ? NotUpError : UnreachableError;
  const said = `${socket.complaint}${hintFor(socket.complaint, names)}`;
  return new Kind(`${name} cannot be reached through ${way}: ${said}`, { advice });
}

function hintFor(complaint: string, names: readonly string[]): string {
  const [, unknown] = /Could not resolve hostname ([^\s:]+)/.exec(complaint) ?? [];
  return unknown === undefined ? '' : didYouMean(unknown, names);
}

type Words = [way: string, advice: string];

function jumpWords(hops: string): Words {
  const last = hops.split(', ').at(-1);
  return [
    hops,
    `See what \`ssh ${last}\` says; it must need neither a password nor a passphrase (load the key into your SSH agent).`,
  ];
}

function commandWords(command: string): Words {
  return [
    `its ProxyCommand \`${command}\``,
    'Try the command by hand: it must print the greeting of the sshd, SSH-2.0…, and ask for nothing.',
  ];
}

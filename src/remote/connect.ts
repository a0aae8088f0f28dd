import type { Duplex } from 'node:stream';
import { type Host, InterruptedError, type Remote, TrueupError, UnreachableError } from '../model/index.ts';
import { algorithmsFor } from './algorithms.ts';
import { checkHopKeys } from './check-hop-keys.ts';
import type { ConnectOptions } from './connect-options.ts';
import { agentFor, type Credentials, credentialsFor, usualKeys, withoutAgent } from './credentials.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { hostSecret } from './host-secret.ts';
import { knownHostsOf } from './known-hosts-files.ts';
import { throttleLogin } from './login-throttle.ts';
import { noCommonAlgorithm } from './no-common-algorithm.ts';
import { proxyCommand, wayInWords } from './proxy-command.ts';
import { proxyFailure } from './proxy-failure.ts';
import { ProxySocket } from './proxy-socket.ts';
import { RemoteHost } from './remote-host.ts';
import { retry } from './retry.ts';
import { ServerOffer } from './server-offer.ts';
import { Session } from './session.ts';
import { SudoPassword } from './sudo-password.ts';
import { tcpConnect } from './tcp-connect.ts';
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

import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Host, type Remote, TrueupError, UnreachableError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { type Credentials, credentialsFor, usualKeys, withoutAgent } from './credentials.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { hostSecret } from './host-secret.ts';
import { hostKeyAlgorithms } from './judge-host-key.ts';
import { JumpSocket, jumpCommand } from './jump-socket.ts';
import { keepHostKey, readKnownHosts } from './known-hosts-files.ts';
import { RemoteHost } from './remote-host.ts';
import { retry } from './retry.ts';
import { Session } from './session.ts';
import { Slots } from './slots.ts';
import { SudoPassword } from './sudo-password.ts';
import { unreachable } from './unreachable.ts';

/**
 * Connects to a host; becoming root there waits for the first exec.
 *
 * Rejects with HostKeyError if its key is not the one known (or, `strict`, if none is known), and with
 * UnreachableError if it does not answer or does not let us in.
 */
export async function connect(host: Host, options: ConnectOptions): Promise<Remote> {
  const open = () => openSession(host, options);
  const password = hostSecret('TRUEUP_SUDO_PASSWORD', host, options.secretOf);
  return new RemoteHost(host, await open(), open, password && new SudoPassword(password));
}

async function openSession(host: Host, options: ConnectOptions): Promise<Session> {
  const agent = (options.agent ?? process.env.SSH_AUTH_SOCK) || undefined;
  const credentials = await credentialsFor(host, {
    agent,
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
    const tryIt = () =>
      retry({ tries: host.jump === undefined ? 4 : 6, pause: 300, again: isBusy }, () =>
        login(host, options, credentials),
      );
    return await (host.jump === undefined ? tryIt() : doorOf(host.jump).use(tryIt));
  } catch (error) {
    if (error instanceof TrueupError) throw error;
    throw unreachable(host, credentials, error);
  }
}

/** How many connect through one jump host at a time: its sshd would drop some of more. */
const THROUGH_JUMP = 8;
const doors = new Map<string, Slots>();

function doorOf(jump: string): Slots {
  const door = doors.get(jump) ?? new Slots(THROUGH_JUMP);
  doors.set(jump, door);
  return door;
}

/** sshd drops connections at random while too many are not yet logged in (MaxStartups). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Connection lost before handshake');
}

async function login(host: Host, options: ConnectOptions, credentials: Credentials): Promise<Session> {
  const lines = await readKnownHosts([...options.knownHostsFiles, options.acceptInto]);
  const check = new HostKeyCheck(host, lines, options);
  const socket = socketTo(host, options);
  const session = await Session.open({
    socket,
    user: host.user,
    credentials: credentials.offered,
    hostKeyAlgorithms: hostKeyAlgorithms(lines, host),
    verifyHostKey: (key) => check.accepts(key),
    timeout: (options.connectTimeout ?? 20) * 1000,
    keepalive: (options.keepalive ?? 10) * 1000,
  }).catch((error) => {
    throw check.refusal ?? jumpFailure(host, socket) ?? error;
  });
  if (check.firstKey) await keepHostKey(options.acceptInto, host, check.firstKey).catch(closing(session));
  return session;
}

/** What ssh says of the jump host; unless that is only busy. */
function jumpFailure({ name, jump }: Host, socket: Duplex): Error | undefined {
  if (!(socket instanceof JumpSocket) || !socket.complaint || socket.busy) return undefined;
  return new UnreachableError(`${name} cannot be reached through ${jump}: ${socket.complaint}`, {
    advice: `See what \`ssh ${jump}\` says; it must need neither a password nor a passphrase (load the key into your SSH agent).`,
  });
}

function socketTo(host: Host, { sshConfig }: ConnectOptions): Duplex {
  const { address, port, jump } = host;
  if (jump !== undefined) return new JumpSocket(jumpCommand(host, jump, sshConfig));
  // Node gives each address of a name 250 ms by default: too little for a slow link.
  return createConnection({ host: address, port, noDelay: true, autoSelectFamilyAttemptTimeout: 3000 });
}

function closing(session: Session): (error: unknown) => Promise<never> {
  return async (error) => {
    await session.close();
    throw error;
  };
}

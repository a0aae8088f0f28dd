import { type Host, mask, NotUpError, UnreachableError } from '../model/index.ts';
import { NoCommonAlgorithmError } from './algorithms.ts';
import type { Credentials } from './credentials.ts';

interface Failure {
  readonly message: string;
  readonly code?: string | number;
  readonly level?: string;
}

/** What to say of an error of the network or the SSH library while connecting. */
export function unreachable(host: Host, credentials: Credentials, error: unknown): UnreachableError {
  const failure = innermost(error);
  const [what, advice] = explain(host, credentials, failure);
  const Kind = isDown(failure) ? NotUpError : UnreachableError;
  return new Kind(`${host.name} (${host.address}:${host.port}) ${what}`, {
    advice,
    cause: error,
  });
}

const DOWN = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'];

function isDown(failure: Failure): boolean {
  const { code, message, level } = failure;
  if (failure instanceof HungUpError) return failure.passes;
  if (level === 'client-authentication') return false;
  return DOWN.includes(`${code}`) || /before handshake|waiting for handshake/.test(message);
}

/** With several addresses to try, Node wraps one error for each into one without a message. */
function innermost(error: unknown): Failure {
  if (error instanceof AggregateError) return innermost(error.errors[0]);
  return error instanceof Error ? error : { message: String(error) };
}

function explain(host: Host, credentials: Credentials, failure: Failure): [what: string, advice: string] {
  if (failure.level === 'client-authentication' || /Too many auth/.test(failure.message))
    return refusedLogin(host, credentials);
  if (failure instanceof NoCommonAlgorithmError) return [failure.message, failure.advice];
  if (failure instanceof HungUpError) return endedLogin(host, failure.said);
  const known = typeof failure.code === 'string' ? BY_CODE[failure.code] : undefined;
  const [, ...spoken] = BY_MESSAGE.find(([pattern]) => pattern.test(failure.message)) ?? [undefined];
  if (spoken[0] !== undefined && spoken[1] !== undefined) return [spoken[0], spoken[1]];
  return known ?? [`cannot be reached: ${failure.message}`, TRY_SSH];
}

const TRY_SSH = 'See what `ssh -v` says of the same host.';
const NO_ANSWER: [string, string] = [
  'does not answer',
  'Is it up, the address right, and the port open in between?',
];
const NO_ROUTE: [string, string] = [
  'cannot be reached from here: there is no route',
  'Is the host up, and the network or VPN to it? A firewall that rejects says the same: is it the right port?',
];

const BY_CODE: Readonly<Record<string, [what: string, advice: string]>> = {
  ECONNREFUSED: ['refuses connections', 'Does sshd run there, and on this port?'],
  ENOTFOUND: ['cannot be found: the name does not resolve', 'Check `address` in the inventory.'],
  EAI_AGAIN: ['cannot be found: no name server answers', 'Is the network up?'],
  ETIMEDOUT: NO_ANSWER,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ECONNRESET: ['reset the connection before the login was done', TRY_SSH],
};

const BY_MESSAGE: readonly [RegExp, what: string, advice: string][] = [
  [
    /before handshake/,
    'closes the connection before it says hello',
    'Is it an SSH server? A busy sshd does so too (MaxStartups in sshd_config).',
  ],
  [/Timed out while waiting for handshake/, ...NO_ANSWER],
  [
    /the login was not done in time/,
    'answers, but does not end the login in time',
    'Is it overloaded? Or does your SSH agent wait for somebody to confirm the use of a key?',
  ],
  [/no matching/i, 'shares no algorithm with us', 'Its sshd is very old, or its crypto policy very strict.'],
];

function endedLogin({ user }: Host, said: string): [string, string] {
  return [
    `ends the login of ${user}${said === '' ? ' without a word' : `: ${said}`}`,
    'It may be starting or stopping, or the account be expired or shut out. Its log tells: journalctl -u sshd.',
  ];
}

function refusedLogin(
  { user, identityFile }: Host,
  { names, unusable, advice }: Credentials,
): [string, string] {
  const offered = names.length === 0 ? 'there was no key to offer' : `offered were ${names.join(', ')}`;
  const rest = unusable.length === 0 ? '' : `; not used: ${unusable.join('; ')}`;
  const key = identityFile === undefined ? '' : `-i ${identityFile} `;
  const other =
    `Put a key there (ssh-copy-id ${key}${user}@…), or name the right one as identityFile in the inventory. ` +
    'If it is there, its log tells why not: journalctl -u sshd.';
  return [`does not let ${user} in: ${offered}${rest}`, advice ?? other];
}

/** The other side has ended a login that was under way; `said` are its words about it, if any (the banner). */
export class HungUpError extends Error {
  readonly said: string;

  constructor(said: string) {
    super('the login was ended from the other side');
    this.said = mask(said).replace(/\s+/g, ' ').trim().slice(0, 300);
  }

  /** What pam_nologin says of a host that starts or stops, and a connection that only ended, pass. */
  get passes(): boolean {
    return this.said === '' || /booting up|going down|shut ?down|come back later/i.test(this.said);
  }
}

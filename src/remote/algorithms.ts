import { getCiphers } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { type AlgorithmKind, type Host, legacyAlgorithms } from '../model/index.ts';
import { hostKeyAlgorithms, type KnownHost } from './known-hosts.ts';

/** Names by kind, the preferred ones first. */
export type Algorithms = Readonly<Record<AlgorithmKind, readonly string[]>>;

/** In the order of OpenSSH 9, less what rests on SHA-1 and what the SSH library does not have (sntrup761, UMAC). */
const KEY_EXCHANGES = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** With OpenSSL's names: a Node.js in FIPS mode lacks some, and the SSH library refuses to be told of those. */
const CIPHERS: readonly (readonly [name: string, openssl: string])[] = [
  ['chacha20-poly1305@openssh.com', 'chacha20'],
  ['aes128-ctr', 'aes-128-ctr'],
  ['aes192-ctr', 'aes-192-ctr'],
  ['aes256-ctr', 'aes-256-ctr'],
  ['aes128-gcm@openssh.com', 'aes-128-gcm'],
  ['aes256-gcm@openssh.com', 'aes-256-gcm'],
];

/** What to offer a host: weak algorithms only if it allows them, and after all others. */
export function algorithmsFor(lines: readonly KnownHost[], host: Host): Algorithms {
  const has = new Set(getCiphers());
  const ciphers = CIPHERS.flatMap(([name, openssl]) => (has.has(openssl) ? [name] : []));
  const allowed = (kind: AlgorithmKind) =>
    legacyAlgorithms[kind].filter((name) => host.legacyAlgorithms?.includes(name));
  return {
    keyExchange: [...KEY_EXCHANGES, ...allowed('keyExchange')],
    hostKey: hostKeyAlgorithms(lines, host),
    cipher: [...ciphers, ...allowed('cipher')],
    mac: [...MACS, ...allowed('mac')],
  };
}

/** Ciphers that protect the data from changes by themselves. */
function needsMac(cipher: string): boolean {
  return !/gcm|poly1305/.test(cipher);
}

/** Bytes: the longest packet that a server may begin with (RFC 4253, 6.1), and its greeting. */
const LIMIT = 40_000;
const KEXINIT = 20;

/** Listens for the algorithms that a server offers (RFC 4253, 7.1): the SSH library does not report them. */
export class ServerOffer {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** To be called once the SSH library listens as well: what comes before that would be lost for it. */
  start(): void {
    this.#socket.on('data', this.#collect);
  }

  stop(): void {
    this.#socket.off('data', this.#collect);
  }

  /** Undefined if it has not come, or not in this form. */
  read(): Algorithms | undefined {
    try {
      return parse(Buffer.concat(this.#chunks));
    } catch {
      return undefined;
    }
  }

  #collect = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > LIMIT) this.stop();
  };
}

function parse(bytes: Buffer): Algorithms | undefined {
  const greeting = /^(?:[^\n]*\n)*?SSH-[^\n]*\n/.exec(bytes.toString('latin1', 0, LIMIT))?.[0];
  if (greeting === undefined) return undefined;
  // Its length and that of its padding, the kind of message, a cookie of 16 bytes, and lists of names.
  let at = greeting.length + 5;
  if (bytes[at] !== KEXINIT) return undefined;
  at += 17;
  const list = () => {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('cut short');
    const names = bytes.toString('latin1', at + 4, end).split(',');
    at = end;
    return names.filter((name) => /^[\x21-\x7e]{1,64}$/.test(name));
  };
  // Some names in the first list say what else the server can do.
  const keyExchange = list().filter((name) => !/^(ext-info-|kex-strict-)/.test(name));
  const hostKey = list();
  const both = () => {
    const [there, back] = [list(), list()];
    return there.filter((name) => back.includes(name));
  };
  return { keyExchange, hostKey, cipher: both(), mac: both() };
}

const KINDS: Readonly<Record<AlgorithmKind, string>> = {
  keyExchange: 'key exchange',
  hostKey: 'host key algorithm',
  cipher: 'cipher',
  mac: 'MAC',
};

/** A host that has no algorithm of some kind in common with what it is offered. */
export class NoCommonAlgorithmError extends Error {
  readonly advice: string;

  constructor(ours: Algorithms, theirs: Algorithms, cause: unknown) {
    const missing = missingKinds(ours, theirs);
    const parts = missing.map(
      (kind) => `${KINDS[kind]}: it offers ${listed(theirs[kind])}; trueup offers ${listed(ours[kind])}`,
    );
    super(`has no algorithm in common with trueup. ${parts.join('. ')}`, { cause });
    this.advice = adviceFor(missing, theirs);
  }
}

/** The error behind a negotiation that failed; undefined if something else did. */
export function noCommonAlgorithm(
  ours: Algorithms,
  theirs: Algorithms | undefined,
  error: unknown,
): NoCommonAlgorithmError | undefined {
  if (!(error instanceof Error) || !/no matching/i.test(error.message) || !theirs) return undefined;
  if (missingKinds(ours, theirs).length === 0) return undefined;
  return new NoCommonAlgorithmError(ours, theirs, error);
}

function missingKinds(ours: Algorithms, theirs: Algorithms): AlgorithmKind[] {
  const missing = (kind: AlgorithmKind) => !ours[kind].some((name) => theirs[kind].includes(name));
  const cipher =
    ours.cipher.find((name) => theirs.cipher.includes(name)) ??
    legacyAlgorithms.cipher.find((name) => theirs.cipher.includes(name));
  const kinds: AlgorithmKind[] = ['keyExchange', 'hostKey', 'cipher'];
  return [...kinds, ...(cipher !== undefined && needsMac(cipher) ? ['mac' as const] : [])].filter(missing);
}

function adviceFor(missing: readonly AlgorithmKind[], theirs: Algorithms): string {
  const weak = missing.map((kind) => legacyAlgorithms[kind].find((name) => theirs[kind].includes(name)));
  if (weak.includes(undefined))
    return 'trueup has none of these. Update its sshd, or let its crypto policy allow one that trueup offers.';
  return (
    `Update its sshd. If that cannot be, allow it these weak algorithms in the inventory: ` +
    `legacyAlgorithms: ${weak.join(',')}`
  );
}

/** The server's side may be of any length. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST;
  return names.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const MOST = 16;

/**
 * An RSA key that signs with SHA-256 only; other keys as they are. Left to itself, the SSH library signs with SHA-1 for
 * a server that names no signature algorithms, before it is known whether the server would take a better one.
 */
export function sha256Key(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  return Object.create(key, {
    type: { value: 'rsa-sha2-256' },
    sign: { value: (data: Buffer) => key.sign(data, 'sha256') },
  });
}

/** The same for the keys of an agent. */
export function onlySha256(agent: BaseAgent<ParsedKey>): BaseAgent<ParsedKey> {
  const originals = new WeakMap<ParsedKey, ParsedKey>();
  const [identities, sign] = [agent.getIdentities.bind(agent), agent.sign.bind(agent)];
  agent.getIdentities = (done) =>
    identities((error, keys) => {
      const wrapped = (keys as ParsedKey[] | undefined)?.map((key) => {
        const only = sha256Key(key);
        if (only !== key) originals.set(only, key);
        return only;
      });
      done(error, wrapped);
    });
  // The SSH library always gives options.
  const signWithSha256 = (
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions,
    done: SignCallback,
  ) => {
    const original = originals.get(key);
    if (original) sign(original, data, { ...options, hash: 'sha256' }, done);
    else sign(key, data, options, done);
  };
  agent.sign = signWithSha256 as typeof agent.sign;
  return agent;
}

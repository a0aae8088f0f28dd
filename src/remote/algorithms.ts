import { getCiphers } from 'node:crypto';
import { type AlgorithmKind, type Host, legacyAlgorithms } from '../model/index.ts';
import { hostKeyAlgorithms } from './judge-host-key.ts';
import type { KnownHost } from './known-hosts.ts';

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
export function needsMac(cipher: string): boolean {
  return !/gcm|poly1305/.test(cipher);
}

import { isAbout, type KeyOwner, type KnownHost, knownHostName } from './known-hosts.ts';

/** What the known_hosts files say of the key that a host showed. */
export type Verdict =
  | { readonly status: 'known' | 'unknown' }
  /** `known` is the line that says otherwise; `vouched`: there is only one of a certificate authority. */
  | { readonly status: 'changed' | 'other-type' | 'revoked' | 'vouched'; readonly known: KnownHost };

/** Judges as ssh(1) does with StrictHostKeyChecking=yes; certificates are not supported. */
export function judgeHostKey(lines: readonly KnownHost[], host: KeyOwner, key: Buffer): Verdict {
  const holds = (line: KnownHost) => line.key.equals(key);
  const revoked = [...named(lines, host, '@revoked'), ...bare(lines, host, '@revoked')].find(holds);
  if (revoked) return { status: 'revoked', known: revoked };
  const known = named(lines, host);
  if (linesFor(lines, host).some(holds)) return { status: 'known' };
  const sameType = known.find((line) => line.type === keyType(key));
  if (sameType) return { status: 'changed', known: sameType };
  if (known[0]) return { status: 'other-type', known: known[0] };
  const [authority] = [...named(lines, host, '@cert-authority'), ...bare(lines, host, '@cert-authority')];
  return authority ? { status: 'vouched', known: authority } : { status: 'unknown' };
}

const ALGORITHMS: readonly (readonly [type: string, ...algorithms: string[]])[] = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
];

/**
 * What to ask the server for, known keys first: it would show another one, which looks like a changed key. Signatures
 * with SHA-1 (`ssh-rsa`) only where the host allows them.
 */
export function hostKeyAlgorithms(lines: readonly KnownHost[], host: KeyOwner): string[] {
  const types = new Set(linesFor(lines, host).map((line) => line.type));
  const order = [true, false].flatMap((first) => ALGORITHMS.filter(([type]) => types.has(type) === first));
  const isOffered = (name: string) => name !== 'ssh-rsa' || host.legacyAlgorithms?.includes(name);
  return order.flatMap(([, ...algorithms]) => algorithms.filter(isOffered));
}

/** Whether any key of the host is known. */
export function isNamed(lines: readonly KnownHost[], host: KeyOwner): boolean {
  return linesFor(lines, host).length > 0;
}

/** The key's type, as it says itself. */
export function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function linesFor(lines: readonly KnownHost[], host: KeyOwner): KnownHost[] {
  const known = named(lines, host);
  return known.length > 0 ? known : bare(lines, host);
}

function named(lines: readonly KnownHost[], host: KeyOwner, marker?: string): KnownHost[] {
  const name = knownHostName(host);
  return lines.filter((line) => line.marker === marker && isAbout(line, name));
}

/** Lines that name the host without a port: ssh believes these too, but never holds them against a host. */
function bare(lines: readonly KnownHost[], host: KeyOwner, marker?: string): KnownHost[] {
  return named(lines, { ...host, port: 22 }, marker);
}

import { createHmac } from 'node:crypto';
import type { Host, Place } from '../model/index.ts';

/** One line of a known_hosts file; see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  readonly marker: string | undefined;
  readonly patterns: string;
  readonly type: string;
  readonly key: Buffer;
  readonly place: Place;
}

const LINE = /^\s*(?:(@\S+)\s+)?(\S+)\s+([\w.@-]+)\s+([A-Za-z0-9+/]+=*)/;

/** Every line that holds a key; comments and what cannot be read are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const match = LINE.exec(line);
    if (!match || line.trimStart().startsWith('#')) return [];
    const [, marker, patterns = '', type = '', key = ''] = match;
    return [{ marker, patterns, type, key: Buffer.from(key, 'base64'), place: { file, line: index + 1 } }];
  });
}

/** What known_hosts goes by. */
export type KeyOwner = Pick<Host, 'address' | 'port' | 'ssh' | 'legacyAlgorithms'>;

/** How known_hosts names a host: the port is part of the name unless it is 22, or ssh was given an alias for it. */
export function knownHostName({ address, port, ssh }: KeyOwner): string {
  if (ssh?.hostKeyAlias !== undefined) return ssh.hostKeyAlias.toLowerCase();
  return (port === 22 ? address : `[${address}]:${port}`).toLowerCase();
}

/** Is the line about the host of this name? */
export function isAbout(known: KnownHost, name: string): boolean {
  if (known.patterns.startsWith('|')) return matchesHash(known.patterns, name);
  const patterns = known.patterns.split(',');
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && glob(pattern.slice(1)).test(name));
  return !excluded && patterns.some((pattern) => glob(pattern).test(name));
}

function matchesHash(pattern: string, name: string): boolean {
  const [, version, salt = '', hash] = pattern.split('|');
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
  return version === '1' && hash === expected;
}

function glob(pattern: string): RegExp {
  const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

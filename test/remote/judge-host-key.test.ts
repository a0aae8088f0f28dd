import { describe, expect, it } from 'vitest';
import { hostKeyAlgorithms, judgeHostKey, parseKnownHosts } from '../../src/remote/known-hosts.ts';

/** A key of this type, as far as known_hosts goes. */
function key(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + body)]);
}

const ED = key('ssh-ed25519', 'one');
const OTHER_ED = key('ssh-ed25519', 'two');
const RSA = key('ssh-rsa', 'one');

function line(patterns: string, bytes: Buffer, marker = ''): string {
  const type = bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0));
  return `${marker} ${patterns} ${type} ${bytes.toString('base64')}`;
}

function judge(lines: string[], bytes: Buffer, port = 22) {
  const verdict = judgeHostKey(parseKnownHosts(lines.join('\n'), 'kh'), { address: 'lb', port }, bytes);
  return 'known' in verdict ? `${verdict.status} by line ${verdict.known.place.line}` : verdict.status;
}

describe('a host key', () => {
  it.each<[string, string[], Buffer, port: number, string]>([
    ['is unknown without a line', [], ED, 22, 'unknown'],
    ['is unknown if only another host has it', [line('web', ED)], ED, 22, 'unknown'],
    ['is known', [line('lb', ED)], ED, 22, 'known'],
    ['is known if one of several lines has it', [line('lb', OTHER_ED), line('lb', ED)], ED, 22, 'known'],
    ['is changed', [line('web', ED), line('lb', OTHER_ED)], ED, 22, 'changed by line 2'],
    ['is of another type', [line('lb', RSA)], ED, 22, 'other-type by line 1'],
    ['is known on its port', [line('[lb]:2222', ED)], ED, 2222, 'known'],
    ['is changed on its port', [line('[lb]:2222', OTHER_ED), line('lb', ED)], ED, 2222, 'changed by line 1'],
    ['is known from the same name without a port', [line('lb', ED)], ED, 2222, 'known'],
    ['is unknown if the name without a port has another', [line('lb', OTHER_ED)], ED, 2222, 'unknown'],
    ['of port 22 is not known from another port', [line('[lb]:2222', ED)], ED, 22, 'unknown'],
    ['is revoked', [line('lb', ED), line('*', ED, '@revoked')], ED, 22, 'revoked by line 2'],
    ['is not revoked by another key', [line('lb', ED), line('*', RSA, '@revoked')], ED, 22, 'known'],
    [
      'of a certificate authority is no host key',
      [line('lb', ED, '@cert-authority')],
      ED,
      22,
      'vouched by line 1',
    ],
    ['is known besides an authority', [line('l*', RSA, '@cert-authority'), line('lb', ED)], ED, 22, 'known'],
  ])('%s', (_, lines, bytes, port, expected) => {
    expect(judge(lines, bytes, port)).toBe(expected);
  });
});

describe('the algorithms to ask for', () => {
  it.each<[string, string[], string[]]>([
    ['ours first where nothing is known', [], ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
    ['those of the known key', [line('lb', RSA)], ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']],
    ['all known ones', [line('lb', RSA), line('lb', ED)], ['ssh-ed25519', 'rsa-sha2-512']],
    ['not those of other hosts', [line('web', RSA)], ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
  ])('are %s', (_, lines, first) => {
    const known = parseKnownHosts(lines.join('\n'), 'kh');
    const algorithms = hostKeyAlgorithms(known, { address: 'lb', port: 22 });
    expect(algorithms.slice(0, first.length)).toEqual(first);
    expect(algorithms).toHaveLength(6);
  });

  it('are signed with SHA-1 only where the host allows it', () => {
    const known = parseKnownHosts(line('lb', RSA), 'kh');
    const host = { address: 'lb', port: 22, legacyAlgorithms: ['ssh-rsa', 'hmac-sha1'] };
    expect(hostKeyAlgorithms(known, host).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']);
    expect(hostKeyAlgorithms(known, host)).toHaveLength(7);
  });

  it('are those of the port, if it has keys of its own', () => {
    const known = parseKnownHosts([line('lb', ED), line('[lb]:2222', RSA)].join('\n'), 'kh');
    expect(hostKeyAlgorithms(known, { address: 'lb', port: 2222 })[0]).toBe('rsa-sha2-512');
  });
});

import { type KeyObject, randomBytes } from 'node:crypto';

/** An ed25519 key in OpenSSH's own format (PROTOCOL.key of OpenSSH), without a passphrase. */
export function opensshPrivateKey(key: KeyObject): string {
  const { crv, d, x } = key.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || !d || !x) throw new TypeError('not an ed25519 key');
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(field),
    uint32(1),
    field(Buffer.concat([field('ssh-ed25519'), field(point)])),
    field(privatePart(seed, point)),
  ]);
  const lines = container.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function privatePart(seed: Buffer, point: Buffer): Buffer {
  const check = randomBytes(4);
  const keys = [field('ssh-ed25519'), field(point), field(Buffer.concat([seed, point]))];
  const part = Buffer.concat([check, check, ...keys, field('')]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (part.length % 8)) % 8));
  return Buffer.concat([part, padding]);
}

function field(value: string | Buffer): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value as string)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

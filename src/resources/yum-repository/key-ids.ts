import { createHash } from 'node:crypto';
import { InputError } from '../../model/index.ts';

const BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g;
const PUBLIC_KEY = 6;

/** The fingerprints of the keys in an armored file (RFC 9580), in lower case; rpm calls a key by the end of it. */
export function keyIds(text: string, path: string): string[] {
  const blocks = [...text.matchAll(BLOCK)].map(([, body = '']) => bytesOf(body));
  const ids = blocks.flatMap((bytes) => publicKeys(bytes)).map(fingerprint);
  if (ids.length > 0) return ids;
  throw new InputError(`${path} holds no armored OpenPGP public key`, {
    advice: 'It begins with -----BEGIN PGP PUBLIC KEY BLOCK-----; see `gpg --armor --export`.',
  });
}

/** Headers end with an empty line; the checksum begins with =. */
function bytesOf(body: string): Buffer {
  const lines = body.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() === '') + 1;
  return Buffer.from(
    lines
      .slice(start)
      .filter((line) => !line.startsWith('='))
      .join(''),
    'base64',
  );
}

function publicKeys(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const { tag, start, length } = header(bytes, at);
    const body = bytes.subarray(start, start + length);
    if (tag === PUBLIC_KEY && body[0] === 4) found.push(body);
    at = start + length;
  }
  return found;
}

function header(bytes: Buffer, at: number): { tag: number; start: number; length: number } {
  const first = bytes[at] ?? 0;
  const octet = bytes[at + 1] ?? 0;
  if ((first & 0x40) === 0) {
    const size = 1 << (first & 3);
    const known = size <= 4 && at + 1 + size <= bytes.length;
    const length = known ? bytes.readUIntBE(at + 1, size) : bytes.length;
    return { tag: (first >> 2) & 15, start: at + 1 + size, length };
  }
  const tag = first & 63;
  if (octet < 192) return { tag, start: at + 2, length: octet };
  if (octet < 224) return { tag, start: at + 3, length: ((octet - 192) << 8) + (bytes[at + 2] ?? 0) + 192 };
  const known = octet === 255 && at + 6 <= bytes.length;
  return { tag, start: at + 6, length: known ? bytes.readUInt32BE(at + 2) : bytes.length };
}

function fingerprint(body: Buffer): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return createHash('sha1')
    .update(Buffer.concat([Buffer.from([0x99]), length, body]))
    .digest('hex');
}

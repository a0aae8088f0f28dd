import { readFile } from 'node:fs/promises';

const LINE = /^\s*(?:ssh-|ecdsa-sha2-|sk-)\S+\s+([A-Za-z0-9+/]+=*)/;

/** The public key in the text of a `.pub` file, or the public half in that of a private key in OpenSSH's own format. */
export function publicKeyOf(text: string): Buffer | undefined {
  const line = LINE.exec(text)?.[1];
  if (line !== undefined) return Buffer.from(line, 'base64');
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text)?.[1];
  return body === undefined ? undefined : publicHalf(Buffer.from(body, 'base64'));
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, its options, the number of keys, the public key. */
function publicHalf(container: Buffer): Buffer | undefined {
  try {
    let at = 'openssh-key-v1\0'.length;
    for (let field = 0; field < 3; field += 1) at += 4 + container.readUInt32BE(at);
    at += 4;
    return container.subarray(at + 4, at + 4 + container.readUInt32BE(at));
  } catch {
    return undefined;
  }
}

/** The public key that lies beside a private one, as ssh-keygen puts it there. */
export async function publicKeyBeside(path: string): Promise<Buffer | undefined> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => '');
  return publicKeyOf(text);
}

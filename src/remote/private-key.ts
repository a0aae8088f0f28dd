import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { Secret } from '../model/index.ts';

/** A private key file, and whether it is one that can be used. */
export type PrivateKey = Judged & {
  /** Its public half, if that is known: an agent's keys are told by it. */
  readonly publicKey?: Buffer;
};

type Judged =
  | {
      readonly status: 'usable';
      readonly path: string;
      readonly text: string;
      /** Opens the text, which is encrypted. */
      readonly passphrase?: Secret;
    }
  | {
      /** `public`: only the public half is there; an agent may hold the other one, as it may an encrypted key. */
      readonly status: 'absent' | 'encrypted' | 'public' | 'unusable';
      readonly path: string;
      /** The path and what is wrong with it. */
      readonly problem: string;
      readonly advice: string;
    };

/** `passphrase`: for a key that is protected by one. */
export async function readPrivateKey(file: string, passphrase?: Secret): Promise<PrivateKey> {
  const path = file.replace(/^~(?=\/)/, homedir());
  try {
    const text = await readFile(path, 'utf8');
    const publicKey = publicKeyOf(text) ?? (await publicKeyBeside(path));
    return { ...judge(path, text, passphrase), ...(publicKey && { publicKey }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return absent(path);
    if (code === 'EISDIR')
      return refused('unusable', path, 'is a folder', 'Name the key file in it as identityFile.');
    return refused(
      'unusable',
      path,
      `cannot be read: ${message}`,
      'Make it readable for the user who runs trueup.',
    );
  }
}

async function absent(path: string): Promise<PrivateKey> {
  const publicKey = await publicKeyBeside(path);
  if (!publicKey) return refused('absent', path, 'does not exist', 'Check identityFile in the inventory.');
  const what = `does not exist, only ${path}.pub`;
  return { ...refused('public', path, what, 'Load its private key into your SSH agent.'), publicKey };
}

function judge(path: string, text: string, passphrase: Secret | undefined): Judged {
  if (isEncrypted(text)) {
    if (passphrase) return opened(path, text, passphrase);
    const advice = `Load it into your SSH agent: ssh-add ${path}; or put its passphrase into .env as TRUEUP_KEY_PASSPHRASE.`;
    return refused('encrypted', path, 'is protected by a passphrase, and trueup asks for none', advice);
  }
  if (isHardwareKey(text)) {
    return refused(
      'unusable',
      path,
      'lives on a security key (FIDO), which cannot be used here',
      'Use another key.',
    );
  }
  if (/-----BEGIN (OPENSSH|RSA|EC) PRIVATE KEY-----/.test(text)) return { status: 'usable', path, text };
  return converted(path, text);
}

/** The SSH library opens what ssh-keygen writes by itself, and PKCS#8 not at all. */
function opened(path: string, text: string, passphrase: Secret): Judged {
  if (!/BEGIN ENCRYPTED PRIVATE KEY/.test(text)) return { status: 'usable', path, text, passphrase };
  try {
    const key = createPrivateKey({ key: text, passphrase: passphrase.reveal() });
    return { status: 'usable', path, text: inKnownFormat(key) };
  } catch {
    return refused('encrypted', path, ...wrongPassphrase(passphrase));
  }
}

/** What is wrong, and what to do. */
export function wrongPassphrase({ name }: Secret): [what: string, advice: string] {
  return [`is protected by a passphrase, which is not ${name}`, `Correct ${name} in .env.`];
}

/** PKCS#8 is what openssl and cloud consoles write; the SSH library cannot read it. */
function converted(path: string, text: string): Judged {
  try {
    return { status: 'usable', path, text: inKnownFormat(createPrivateKey(text)) };
  } catch {
    const isPublic = publicKeyOf(text) !== undefined;
    if (isPublic) return refused('public', path, 'holds no private key, only the public one', PRIVATE);
    const advice = 'It must be the private key itself (not the .pub file), as ssh-keygen writes it.';
    return refused('unusable', path, 'holds no private key in a format known here', advice);
  }
}

const PRIVATE = 'Name the private key itself (not the .pub file), or load it into your SSH agent.';

function inKnownFormat(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  return opensshPrivateKey(key);
}

function isEncrypted(text: string): boolean {
  if (/Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/.test(text)) return true;
  const container = containerOf(text);
  return container !== undefined && !container.startsWith('openssh-key-v1\0\0\0\0\x04none');
}

function isHardwareKey(text: string): boolean {
  return /sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(containerOf(text) ?? '');
}

function containerOf(text: string): string | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text)?.[1];
  return body === undefined ? undefined : Buffer.from(body, 'base64').toString('latin1');
}

function refused(
  status: Exclude<Judged['status'], 'usable'>,
  path: string,
  what: string,
  advice: string,
): Judged {
  return { status, path, problem: `${path} ${what}`, advice };
}

const LINE = /^\s*(?:ssh-|ecdsa-sha2-|sk-)\S+\s+([A-Za-z0-9+/]+=*)/;

/** The public key in the text of a `.pub` file, or the public half in that of a private key in OpenSSH's own format. */
function publicKeyOf(text: string): Buffer | undefined {
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
async function publicKeyBeside(path: string): Promise<Buffer | undefined> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => '');
  return publicKeyOf(text);
}

/** An ed25519 key in OpenSSH's own format (PROTOCOL.key of OpenSSH), without a passphrase. */
function opensshPrivateKey(key: KeyObject): string {
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

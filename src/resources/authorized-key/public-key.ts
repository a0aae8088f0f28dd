import { createHash } from 'node:crypto';

/** A key as a line of authorized_keys has it; see sshd(8). */
export interface PublicKey {
  /** Without the space behind them; empty if there are none. */
  readonly options: string;
  readonly type: string;
  /** Base64. */
  readonly blob: string;
  readonly comment: string;
}

const TYPES =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/;
/** Options hold no white space but in double quotes. */
const OPTIONS = /^((?:[^\s"]|"(?:[^"\\]|\\.)*")+)[ \t]+(.*)$/;

/** The key of a line; undefined for a comment, and for what sshd would pass over. */
export function parseKey(line: string): PublicKey | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const plain = bare(text);
  if (plain) return { options: '', ...plain };
  const [, options = '', rest = ''] = OPTIONS.exec(text) ?? [];
  const key = bare(rest);
  return key && { options, ...key };
}

function bare(text: string): Omit<PublicKey, 'options'> | undefined {
  const [, type = '', blob = '', comment = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(text) ?? [];
  return TYPES.test(type) && isWhole(type, blob) ? { type, blob, comment } : undefined;
}

/** A blob is fields with their lengths before them (RFC 4253), the first of which is the type: a cut one shows. */
function isWhole(type: string, blob: string): boolean {
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.toString('base64') !== blob) return false;
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return at === bytes.length && fields.length > 1 && fields[0]?.toString() === type;
}

export function sameKey(one: PublicKey, other: PublicKey): boolean {
  return one.type === other.type && one.blob === other.blob;
}

export function keyLine({ options, type, blob, comment }: PublicKey): string {
  return [options, type, blob, comment].filter(Boolean).join(' ');
}

/** As `ssh-keygen -l` shows it, with the comment. */
export function describeKey({ type, blob, comment }: PublicKey): string {
  const sha256 = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return [type, `SHA256:${sha256.replace(/=+$/, '')}`, comment].filter(Boolean).join(' ');
}

import { createHash } from 'node:crypto';
import {
  type FileLabel,
  type FileOptions,
  type FileState,
  type FileType,
  mask,
  ProbeError,
  type RefusedFolder,
  relabelling,
} from '../model/index.ts';

/** A path to look at, and whether its content is wanted. */
export interface FileLook extends FileOptions {
  readonly path: string;
}

/** Content beyond this is not brought. */
export const CONTENT_LIMIT = 1024 * 1024;

/** What the records say of one path; throws a ProbeError if they do not say. */
export function fileState(look: FileLook, records: FileRecords, complaint: string): FileState {
  const { path } = look;
  const stat = records.stats.get(path);
  if (!stat) return absent(path, records.reasons.get(path) ?? complaint);
  const [
    raw = '',
    mode = '',
    owner = '',
    uid = '',
    group = '',
    gid = '',
    size = '',
    inode = '',
    context = '',
  ] = stat;
  const type = typeOf(Number.parseInt(raw, 16));
  const label = fileLabel(path, context, records);
  const refused = look.toEnter ? records.refused.get(path) : undefined;
  return {
    exists: true,
    type,
    mode: mode.padStart(4, '0'),
    owner: owner === 'UNKNOWN' ? uid : owner,
    group: group === 'UNKNOWN' ? gid : group,
    size: Number(size),
    inode,
    ...(label ? { label } : {}),
    ...(refused ? { refused } : {}),
    ...(type === 'symlink' ? { target: records.targets.get(path) ?? '' } : {}),
    ...(type === 'file' ? inside(look, records, complaint) : {}),
  };
}

/** Only these two say that there is nothing; refused, or broken, is not absent. */
function absent(path: string, reason: string): FileState {
  if (/: (No such file or directory|Not a directory)$/.test(reason)) return { exists: false };
  throw new ProbeError(`cannot look at ${path}: ${reason || 'it changed while being looked at'}`);
}

const TYPE_MASK = 0o170000;
const TYPES = new Map<number, FileType>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
]);

function typeOf(raw: number): FileType {
  return TYPES.get(raw & TYPE_MASK) ?? 'other';
}

function inside({ path, contentUnless }: FileLook, records: FileRecords, complaint: string) {
  const sha256 = records.hashes.get(path);
  if (sha256 === undefined) throw new ProbeError(`cannot read ${path}: ${complaint}`);
  const content = records.contents.get(path);
  if (contentUnless === undefined || !content || content.length > CONTENT_LIMIT) return { sha256 };
  // Of a file that is being written, the content at hand is what counts.
  return { sha256: createHash('sha256').update(content).digest('hex'), size: content.length, content };
}

/** What one look at many files printed, by path. */
export interface FileRecords {
  /** Fields of stat(1): raw mode, permissions, owner's name and number, group's name and number, size, device:inode, SELinux context. */
  readonly stats: ReadonlyMap<string, readonly string[]>;
  readonly targets: ReadonlyMap<string, string>;
  readonly hashes: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<string, Buffer>;
  /** Folders that are reached by a symlink which another user can redirect. */
  readonly refused: ReadonlyMap<string, RefusedFolder>;
  /** Why there is no stat. */
  readonly reasons: ReadonlyMap<string, string>;
  /** The paths without symlinks in their folders, where SELinux is enabled. */
  readonly realPaths: ReadonlyMap<string, string>;
  /** What `restorecon -nv` said of these; undefined where SELinux is disabled. */
  readonly relabels: Relabels | undefined;
}

export interface Relabels {
  readonly code: number;
  readonly said: string;
}

const STAT_FIELDS = 9;

/** Reads the records; each is a letter, fields that end in NUL, and for content a piece that ends in the token. */
export function parseFileRecords(bytes: Buffer, token: string): FileRecords {
  const stats = new Map<string, string[]>();
  const targets = new Map<string, string>();
  const contents = new Map<string, Buffer>();
  const reasons = new Map<string, string>();
  const refused = new Map<string, RefusedFolder>();
  const realPaths = new Map<string, string>();
  let hashes = new Map<string, string>();
  let relabels: Relabels | undefined;
  const cursor = new Cursor(bytes);
  while (!cursor.done) {
    const letter = cursor.until('\0').toString();
    const first = cursor.until('\0').toString();
    if (letter === 'S')
      stats.set(
        first,
        Array.from({ length: STAT_FIELDS }, () => cursor.until('\0').toString()),
      );
    if (letter === 'L') targets.set(first, cursor.until('\0').toString());
    if (letter === 'E') reasons.set(first, cursor.until('\0').toString());
    if (letter === 'C') contents.set(first, cursor.until(`\n${token}\n`));
    if (letter === 'F')
      refused.set(first, { link: cursor.until('\0').toString(), real: cursor.until('\0').toString() });
    if (letter === 'P') realPaths.set(first, cursor.until('\0').toString());
    if (letter === 'R') relabels = { code: Number(first), said: cursor.until('\0').toString() };
    if (letter === 'H') hashes = parseHashes(first);
  }
  return { stats, targets, hashes, contents, refused, reasons, realPaths, relabels };
}

/** Lines of sha256sum(1), which escapes newlines and backslashes and says so with a backslash in front. */
function parseHashes(text: string): Map<string, string> {
  const lines = text.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, escaped, hash = '', name = ''] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/.exec(line) ?? [];
      return [escaped ? unescaped(name) : name, hash];
    }),
  );
}

function unescaped(name: string): string {
  return name.replace(/\\([\\nr])/g, (_, letter) => ({ n: '\n', r: '\r' })[letter as string] ?? '\\');
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  until(terminator: string): Buffer {
    const found = this.#bytes.indexOf(terminator, this.#at);
    const end = found < 0 ? this.#bytes.length : found;
    const piece = this.#bytes.subarray(this.#at, end);
    this.#at = end + terminator.length;
    return piece;
  }
}

/** The label of a path by stat(1) and restorecon(8); throws a ProbeError where the policy's one cannot be determined. */
export function fileLabel(
  path: string,
  context: string,
  { realPaths, relabels }: FileRecords,
): FileLabel | undefined {
  if (!relabels || context === '?') return undefined;
  if (relabels.code !== 0) throw execError(path, relabels.code, relabels.said);
  return relabelling(realPaths.get(path) ?? path, relabels.said) ?? { context };
}

function execError(path: string, code: number, said: string): ProbeError {
  const reason = mask(said).trim().split('\n').at(-1) || `restorecon exit ${code}`;
  const missing = code === 127 ? 'restorecon' : undefined;
  return new ProbeError(`cannot determine the SELinux label of ${path}: ${reason}`, {
    missing,
    advice: missing
      ? "Install the package policycoreutils: yumPackage({ names: ['policycoreutils'] }) before this step."
      : 'See what `restorecon -nv` says on the host.',
  });
}

import type { RefusedFolder } from '../model/index.ts';

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

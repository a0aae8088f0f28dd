import { createHash } from 'node:crypto';
import { type FileOptions, type FileState, type FileType, ProbeError } from '../model/index.ts';
import { fileLabel } from './file-label.ts';
import type { FileRecords } from './file-records.ts';

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

import { diffLines } from 'diff/lib/diff/line.js';
import { mask } from '../../model/index.ts';

const LIMIT = 1024 * 1024;
/** Milliseconds; two long texts that have nothing in common would take minutes. */
const DIFF_LIMIT = 300;
const SENSITIVE = 'not shown: sensitive';
const HIDDEN = '[not shown: this file holds a secret]';

/** What `--diff` shows of a new content, and how much of it is new. */
export interface TextChange {
  /** Such as `+3 −1`, or sizes where there is no text to compare. */
  readonly extent: string;
  readonly before?: string;
  readonly after?: string;
}

/** `before` is undefined where it is too long to have been brought. */
export function textChange(before: Buffer | undefined, after: Buffer, sizeBefore: number): TextChange {
  const old = before && textOf(before);
  const now = shownText(after);
  if (old === undefined || now === undefined) return { extent: sizes(sizeBefore, after.length) };
  const parts = diffLines(old, now, { timeout: DIFF_LIMIT });
  const count = (side: 'added' | 'removed') =>
    (parts ?? []).filter((part) => part[side]).reduce((sum, part) => sum + part.count, 0);
  const extent = parts ? `+${count('added')} −${count('removed')}` : sizes(sizeBefore, after.length);
  return { extent, before: withoutOldSecrets(old, now), after: now };
}

/** The same of a file whose content is sensitive: sizes, and no text. */
export function hiddenChange(_before: Buffer | undefined, after: Buffer, sizeBefore: number): TextChange {
  return { extent: `${sizes(sizeBefore, after.length)}, ${SENSITIVE}` };
}

/** The size of a new file whose content is sensitive. */
export function hiddenExtentOf(content: Buffer): string {
  return `${size(content.length)}, ${SENSITIVE}`;
}

/** The text of a file, unless it is nothing but a secret. */
export function shownText(content: Buffer): string | undefined {
  const text = textOf(content);
  return text === undefined || mask(text).trim() === '[secret]' ? undefined : text;
}

/** Undefined for what is binary or longer than anybody reads. */
function textOf(content: Buffer): string | undefined {
  if (content.length > LIMIT || content.includes(0)) return undefined;
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) ? text : undefined;
}

/** `12 lines`, or the size of what is not text. */
export function extentOf(content: Buffer): string {
  const text = textOf(content);
  if (text === undefined) return size(content.length);
  const lines = text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0);
  return lines === 1 ? '1 line' : `${lines} lines`;
}

/** The secret that a new one replaces is unknown to the mask: of a file with secrets, no line that goes is shown. */
function withoutOldSecrets(before: string, after: string): string {
  if (mask(after) === after) return before;
  const stays = new Set(after.split('\n'));
  return before
    .split('\n')
    .map((line) => (stays.has(line) ? line : HIDDEN))
    .join('\n');
}

function sizes(before: number, after: number): string {
  return `${size(before)} → ${size(after)}`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < LIMIT ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / LIMIT).toFixed(1)} MiB`;
}

import { createHash } from 'node:crypto';
import { diffLines } from 'diff/lib/diff/line.js';
import {
  type Action,
  blocked,
  type Change,
  type Command,
  type Effects,
  type FileState,
  type Finding,
  mask,
  type PredictedEffects,
  type Reader,
} from '../../model/index.ts';
import {
  type AttributeState,
  type Attributes,
  attributeChanges,
  lookAtAttributes,
  missingAround,
} from './attributes.ts';
import { unlessBlocked } from './precondition.ts';
import { type Validation, validateThere, validationObstacles } from './validate-there.ts';

/** A file as it shall stand, whatever it was made from. */
export interface ManagedFile extends Attributes {
  readonly content: Buffer;
  readonly validate?: Command | undefined;
  readonly backup?: boolean | undefined;
  /** No output shows its content: neither the old one nor the new one, nor what a validator says of it. */
  readonly sensitive?: boolean | undefined;
  /** Where a line of the content was written, such as `templates/x.ejs:9`. */
  readonly placeOf?: (line: number) => string | undefined;
}

export interface ManagedFileState extends AttributeState {
  /** Of a content that is not there yet. */
  readonly validation?: Validation;
}

type Existing = FileState & { exists: true };

export async function readManagedFile(spec: ManagedFile, host: Reader): Promise<ManagedFileState> {
  const sha256 = createHash('sha256').update(spec.content).digest('hex');
  const state = await lookAtAttributes(spec, host, spec.sensitive ? {} : { contentUnless: sha256 });
  if (!spec.validate || holds(spec, state.file)) return state;
  return { ...state, validation: await validateThere(host, { ...spec, validate: spec.validate }) };
}

function holds({ content }: ManagedFile, file: FileState): boolean {
  return file.exists && file.sha256 === createHash('sha256').update(content).digest('hex');
}

export function diffManagedFile(
  spec: ManagedFile,
  state: ManagedFileState,
  effects: PredictedEffects,
): Finding {
  const { file } = state;
  if (file.exists && (file.type === 'directory' || file.type === 'other')) {
    const what = file.type === 'directory' ? 'a directory' : 'neither a file nor a symlink';
    return blocked(`${spec.path} is ${what}`, 'Nothing is removed to make way for a file: do it by hand.');
  }
  const obstacles = [
    ...missingAround(spec, state),
    ...validationObstacles(state.validation, spec.validate, spec.path, spec.placeOf ?? (() => undefined)),
  ];
  return unlessBlocked(
    file.exists ? changesOf(spec, file, effects) : [creation(spec, effects)],
    obstacles,
    effects,
  );
}

function creation(spec: ManagedFile, effects: PredictedEffects): Change {
  const brought = effects.appears(spec.path);
  const how = `${spec.mode} ${spec.owner}:${spec.group}, ${newExtent(spec)}`;
  const kind = brought?.certain
    ? { aspect: 'content', summary: `content (replaces what ${brought.step} brings), ${how}` }
    : { aspect: 'file', summary: `create, ${how}` };
  return { ...kind, whole: true, ...after(spec), actions: [write(spec)] };
}

function changesOf(spec: ManagedFile, file: Existing, effects: PredictedEffects): Change[] {
  if (file.type === 'symlink') {
    const summary = `replaces the symlink to ${file.target}, ${newExtent(spec)}`;
    return [{ aspect: 'type', summary, whole: true, ...after(spec), actions: [write(spec)] }];
  }
  const written = !holds(spec, file);
  const attributes = attributeChanges(spec, file, { kind: 'file', written, effects });
  if (!written) return attributes;
  const change = spec.sensitive ? hiddenChange : textChange;
  const { extent, ...texts } = change(file.content, spec.content, file.size);
  return [
    { aspect: 'content', summary: `content (${extent})`, ...texts, actions: [write(spec)] },
    ...attributes,
  ];
}

function newExtent({ content, sensitive }: ManagedFile): string {
  return sensitive ? hiddenExtentOf(content) : extentOf(content);
}

function after({ content, sensitive }: ManagedFile): { after?: string } {
  const text = sensitive ? undefined : shownText(content);
  return text === undefined ? {} : { after: text };
}

function write({ path, content, mode, owner, group, ...rest }: ManagedFile): Action {
  const { context, validate, backup, sensitive } = rest;
  return {
    write: {
      path,
      content,
      mode,
      owner,
      group,
      ...(context === undefined ? {} : { context }),
      ...(validate ? { validate } : {}),
      ...(backup === undefined ? {} : { backup }),
      ...(sensitive ? { sensitive } : {}),
    },
  };
}

export function managedFileEffects(
  { path }: ManagedFile,
  { file }: ManagedFileState,
  finding: Finding,
): Effects {
  if (finding.status !== 'change') return {};
  const lands = finding.changes.some(({ actions }) => actions.some((action) => 'write' in action));
  if (!lands) return { touches: [path] };
  return file.exists ? { changes: [path] } : { appears: [path], changes: [path] };
}

const LIMIT = 1024 * 1024;
/** Milliseconds; two long texts that have nothing in common would take minutes. */
const DIFF_LIMIT = 300;
const SENSITIVE = 'not shown: sensitive';
const HIDDEN = '[not shown: this file holds a secret]';

/** What `--diff` shows of a new content, and how much of it is new. */
interface TextChange {
  /** Such as `+3 −1`, or sizes where there is no text to compare. */
  readonly extent: string;
  readonly before?: string;
  readonly after?: string;
}

/** `before` is undefined where it is too long to have been brought. */
function textChange(before: Buffer | undefined, after: Buffer, sizeBefore: number): TextChange {
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
function hiddenChange(_before: Buffer | undefined, after: Buffer, sizeBefore: number): TextChange {
  return { extent: `${sizes(sizeBefore, after.length)}, ${SENSITIVE}` };
}

/** The size of a new file whose content is sensitive. */
function hiddenExtentOf(content: Buffer): string {
  return `${size(content.length)}, ${SENSITIVE}`;
}

/** The text of a file, unless it is nothing but a secret. */
function shownText(content: Buffer): string | undefined {
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
function extentOf(content: Buffer): string {
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

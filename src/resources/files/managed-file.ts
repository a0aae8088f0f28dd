import { createHash } from 'node:crypto';
import {
  type Action,
  blocked,
  type Change,
  type Command,
  type Effects,
  type FileState,
  type Finding,
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
import { extentOf, hiddenChange, hiddenExtentOf, shownText, textChange } from './text-change.ts';
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

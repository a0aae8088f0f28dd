import { createHash } from 'node:crypto';
import {
  type Action,
  blocked,
  type Change,
  type Command,
  type FileState,
  type Finding,
  type Foretelling,
  type Foretold,
  type Reader,
} from '../../model/index.ts';
import {
  type AttributeState,
  type Attributes,
  attributeChanges,
  lookAtAttributes,
  missingAround,
} from './attributes.ts';
import { unlessBlocked } from './obstacle.ts';
import { extentOf, hiddenChange, hiddenExtentOf, shownText, textChange } from './text-change.ts';
import { type Validation, validateThere, validationObstacles } from './validate-there.ts';

/** A file as it shall stand, whatever it was made from. */
export interface StandingFile extends Attributes {
  readonly content: Buffer;
  readonly validate?: Command | undefined;
  readonly backup?: boolean | undefined;
  /** No output shows its content: neither the old one nor the new one, nor what a validator says of it. */
  readonly sensitive?: boolean | undefined;
  /** Where a line of the content was written, such as `templates/x.ejs:9`. */
  readonly placeOf?: (line: number) => string | undefined;
}

export interface StandingFileState extends AttributeState {
  /** Of a content that is not there yet. */
  readonly validation?: Validation;
}

type Existing = FileState & { exists: true };

export async function readStandingFile(spec: StandingFile, host: Reader): Promise<StandingFileState> {
  const sha256 = createHash('sha256').update(spec.content).digest('hex');
  const state = await lookAtAttributes(spec, host, spec.sensitive ? {} : { contentUnless: sha256 });
  if (!spec.validate || holds(spec, state.file)) return state;
  return { ...state, validation: await validateThere(host, { ...spec, validate: spec.validate }) };
}

function holds({ content }: StandingFile, file: FileState): boolean {
  return file.exists && file.sha256 === createHash('sha256').update(content).digest('hex');
}

export function diffStandingFile(spec: StandingFile, state: StandingFileState, foretold: Foretold): Finding {
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
    file.exists ? changesOf(spec, file, foretold) : [creation(spec, foretold)],
    obstacles,
    foretold,
  );
}

function creation(spec: StandingFile, foretold: Foretold): Change {
  const brought = foretold.appears(spec.path);
  const how = `${spec.mode} ${spec.owner}:${spec.group}, ${newExtent(spec)}`;
  const kind = brought?.certain
    ? { aspect: 'content', summary: `content (replaces what ${brought.step} brings), ${how}` }
    : { aspect: 'file', summary: `create, ${how}` };
  return { ...kind, whole: true, ...after(spec), actions: [write(spec)] };
}

function changesOf(spec: StandingFile, file: Existing, foretold: Foretold): Change[] {
  if (file.type === 'symlink') {
    const summary = `replaces the symlink to ${file.target}, ${newExtent(spec)}`;
    return [{ aspect: 'type', summary, whole: true, ...after(spec), actions: [write(spec)] }];
  }
  const written = !holds(spec, file);
  const attributes = attributeChanges(spec, file, { kind: 'file', written, foretold });
  if (!written) return attributes;
  const change = spec.sensitive ? hiddenChange : textChange;
  const { extent, ...texts } = change(file.content, spec.content, file.size);
  return [
    { aspect: 'content', summary: `content (${extent})`, ...texts, actions: [write(spec)] },
    ...attributes,
  ];
}

function newExtent({ content, sensitive }: StandingFile): string {
  return sensitive ? hiddenExtentOf(content) : extentOf(content);
}

function after({ content, sensitive }: StandingFile): { after?: string } {
  const text = sensitive ? undefined : shownText(content);
  return text === undefined ? {} : { after: text };
}

function write({ path, content, mode, owner, group, ...rest }: StandingFile): Action {
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

export function foretellStandingFile(
  { path }: StandingFile,
  { file }: StandingFileState,
  finding: Finding,
): Foretelling {
  if (finding.status !== 'change') return {};
  const lands = finding.changes.some(({ actions }) => actions.some((action) => 'write' in action));
  if (!lands) return { touches: [path] };
  return file.exists ? { changes: [path] } : { appears: [path], changes: [path] };
}

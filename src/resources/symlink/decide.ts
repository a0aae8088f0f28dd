import {
  type Action,
  blocked,
  type Change,
  type FileState,
  type Finding,
  orAsOwner,
  type PredictedEffects,
  shell,
  unknown,
} from '../../model/index.ts';
import { type AttributeState, attributeChanges, missingAround } from '../files/attributes.ts';
import { IN_ITS_FOLDER } from '../files/in-its-folder.ts';
import { unlessBlocked } from '../files/precondition.ts';

export interface SymlinkSpec {
  readonly path: string;
  readonly target: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly context?: string | undefined;
}

export function diffSymlink(spec: SymlinkSpec, state: AttributeState, effects: PredictedEffects): Finding {
  const { file } = state;
  if (file.exists && file.type !== 'symlink') {
    const what = file.type === 'directory' ? 'a directory' : 'a file, not a symlink';
    return blocked(`${spec.path} is ${what}`, 'Nothing is removed to make way for a link: do it by hand.');
  }
  const { path, owner = 'root', group = 'root', context } = spec;
  const wanted = { path, mode: '0777', owner, group, context };
  const brought = effects.appears(spec.path);
  if (!file.exists && brought?.certain) {
    return unknown(brought.step, `it brings ${spec.path}`);
  }
  const changes = file.exists ? changesOf(spec, file, effects) : [creation(spec)];
  return unlessBlocked(changes, missingAround(wanted, state), effects);
}

function creation(spec: SymlinkSpec): Change {
  return {
    aspect: 'symlink',
    summary: `create, → ${spec.target}`,
    whole: true,
    actions: [land(spec, owners(spec))],
  };
}

function changesOf(
  spec: SymlinkSpec,
  file: FileState & { exists: true },
  effects: PredictedEffects,
): Change[] {
  const owner = spec.owner ?? file.owner;
  const group = spec.group ?? file.group;
  const retarget: Change = {
    aspect: 'target',
    summary: `target ${file.target} → ${spec.target}`,
    actions: [land(spec, `${owner}:${group}`)],
  };
  const written = file.target !== spec.target;
  const attributes = attributeChanges({ ...spec, owner, group, mode: file.mode }, file, {
    kind: 'link',
    written,
    effects,
  });
  return written ? [retarget, ...attributes] : attributes;
}

function owners({ owner = 'root', group = 'root' }: SymlinkSpec): string {
  return `${owner}:${group}`;
}

/** A link cannot be changed: a new one takes the name of the old one, which is there until then. */
const LAND = orAsOwner(`${IN_ITS_FOLDER}
stage $$ || as_owner "\${3%%:*}" "$@" || fail "$why"
m=$({ ln -s -- "$2" new && chown -h -- "$3" new; } 2>&1) || fail "\${m#*: }"
m=$(set_label link "\${into%/}/$name" new "$4") || fail "$m"
[ -L "../$name" ] || [ ! -e "../$name" ] || fail 'has become something else than a symlink'
m=$(mv -fT -- new "../$name" 2>&1) || fail "cannot be put in its place: \${m##*: }"`);

function land({ path, target, context = '' }: SymlinkSpec, ownedBy: string): Action {
  return { exec: shell(LAND, path, target, ownedBy, context) };
}

import {
  type Action,
  blocked,
  type Change,
  type FileState,
  type Finding,
  type Foretold,
  LABEL_FUNCTIONS,
  shell,
  unknown,
} from '../../model/index.ts';
import { type AttributeState, missingAround } from '../files/attributes.ts';
import { labelChanges } from '../files/label-changes.ts';
import { unlessBlocked } from '../files/obstacle.ts';

export interface SymlinkSpec {
  readonly path: string;
  readonly target: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly context?: string | undefined;
}

export function diffSymlink(spec: SymlinkSpec, state: AttributeState, foretold: Foretold): Finding {
  const { file } = state;
  if (file.exists && file.type !== 'symlink') {
    const what = file.type === 'directory' ? 'a directory' : 'a file, not a symlink';
    return blocked(`${spec.path} is ${what}`, 'Nothing is removed to make way for a link: do it by hand.');
  }
  const { path, owner = 'root', group = 'root', context } = spec;
  const wanted = { path, mode: '0777', owner, group, context };
  const brought = foretold.appears(spec.path);
  if (!file.exists && brought?.certain) {
    return unknown(brought.step, `it brings ${spec.path}`);
  }
  const changes = file.exists ? changesOf(spec, file, foretold) : [creation(spec)];
  return unlessBlocked(changes, missingAround(wanted, state), foretold);
}

function creation(spec: SymlinkSpec): Change {
  return {
    aspect: 'symlink',
    summary: `create, → ${spec.target}`,
    whole: true,
    actions: [land(spec, owners(spec))],
  };
}

function changesOf(spec: SymlinkSpec, file: FileState & { exists: true }, foretold: Foretold): Change[] {
  const owner = spec.owner ?? file.owner;
  const group = spec.group ?? file.group;
  const retarget: Change = {
    aspect: 'target',
    summary: `target ${file.target} → ${spec.target}`,
    actions: [land(spec, `${owner}:${group}`)],
  };
  return [
    ...(file.target === spec.target ? [] : [retarget]),
    ...(owner === file.owner ? [] : [ownership('owner', file.owner, owner, 'chown', spec.path)]),
    ...(group === file.group ? [] : [ownership('group', file.group, group, 'chgrp', spec.path)]),
    ...labelChanges(spec, file.label, { written: file.target !== spec.target, foretold }),
  ];
}

function ownership(aspect: string, from: string, to: string, tool: string, path: string): Change {
  return { aspect, summary: `${aspect} ${from} → ${to}`, actions: [{ exec: [tool, '-h', '--', to, path] }] };
}

function owners({ owner = 'root', group = 'root' }: SymlinkSpec): string {
  return `${owner}:${group}`;
}

/** A link cannot be changed: a new one takes the name of the old one, which is there until then. */
const LAND = `${LABEL_FUNCTIONS}
new=$(dirname -- "$1")/.trueup-$$~
trap 'rm -f -- "$new"' EXIT
ln -s -- "$2" "$new" && chown -h -- "$3" "$new" || exit
m=$(set_label link "$1" "$new" "$4") || { echo "$1: $m" >&2; exit 1; }
[ -L "$1" ] || [ ! -e "$1" ] || { echo "$1 has become something else than a symlink" >&2; exit 1; }
mv -fT -- "$new" "$1"`;

function land({ path, target, context = '' }: SymlinkSpec, ownedBy: string): Action {
  return { exec: shell(LAND, path, target, ownedBy, context) };
}

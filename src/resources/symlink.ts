import { z } from 'zod';
import {
  type Action,
  blocked,
  type Change,
  defineResource,
  type FileState,
  type Finding,
  orAsOwner,
  type PredictedEffects,
  shell,
  unknown,
} from '../model/index.ts';
import {
  type AttributeState,
  accountName,
  attributeChanges,
  attributeFields,
  lookAtAttributes,
  missingAround,
  selinuxContext,
} from './files/attributes.ts';
import { IN_ITS_FOLDER } from './files/path-actions.ts';
import { unlessBlocked } from './files/precondition.ts';

const schema = z.strictObject({
  path: attributeFields('0777').path,
  target: z
    .string()
    .regex(/^[^\p{Cc}]+$/u, 'expected a path, absolute or relative to the folder of the link'),
  owner: accountName.optional(),
  group: accountName.optional(),
  context: selinuxContext.optional(),
});

/**
 * Ensures that a symbolic link exists and points to this target. It is replaced at once: there is no moment
 * without one. The target itself is neither looked at nor needed.
 *
 * - `path`: of the link, absolute. The directory that it lies in must exist, or be another step before it.
 * - `target`: what it points to, as it is written into the link: absolute, or relative to the link's folder.
 * - `owner`, `group`: names, of the link itself. Default: a new link is root's, one that stands there is left as it is.
 * - `context`: the SELinux type or whole context of the link itself. Default: what the policy has for a link of this path.
 *
 * Blocked: a file or directory in the way (nothing but a symlink is ever replaced), a missing folder, user or group
 * that no earlier step can bring; a symlink on the way as for `file`. See ln(1), symlink(7).
 *
 *     symlink({ path: '/srv/app/current', target: 'releases/42' })
 */
export const symlink = defineResource({
  kind: 'symlink',
  schema,
  name: ({ path }) => path,
  manages: ({ path }) => [`file:${path}`],
  read: ({ path, owner = 'root', group = 'root', context }, host) =>
    lookAtAttributes({ path, mode: '0777', owner, group, context }, host),
  diff: diffSymlink,
  effects({ path }, { file }, finding) {
    if (finding.status !== 'change') return {};
    if (!file.exists) return { appears: [path], changes: [path] };
    return finding.changes.some(({ aspect }) => aspect === 'target') ? { changes: [path] } : {};
  },
});

interface SymlinkSpec {
  readonly path: string;
  readonly target: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly context?: string | undefined;
}

function diffSymlink(spec: SymlinkSpec, state: AttributeState, effects: PredictedEffects): Finding {
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

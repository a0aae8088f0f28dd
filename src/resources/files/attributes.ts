import { posix } from 'node:path';
import { z } from 'zod';
import {
  type Change,
  type FileLabel,
  type FileOptions,
  type FileState,
  LABEL_FUNCTIONS,
  type PredictedEffects,
  type Reader,
  type RefusedFolder,
  refusedSymlink,
  shell,
  typeOf,
} from '../../model/index.ts';
import { type PathKind, setAttributes } from './path-actions.ts';
import type { Precondition } from './precondition.ts';

/** Fields that everything with a path has. */
export const attributeFields = (defaultMode: string) => ({
  /** Absolute, without a slash at its end. */
  path: z
    .string()
    .regex(/^(\/[^/\p{Cc}]+)+$/u, 'expected an absolute path without a slash at its end')
    .refine((path) => posix.normalize(path) === path, 'expected a path without `.` and `..`'),
  mode: z
    .string({
      error: "expected four octal digits in quotes, such as '0644': a bare number would be another one",
    })
    .regex(/^[0-7]{4}$/, "expected four octal digits in quotes, such as '0644'")
    .default(defaultMode),
  owner: accountName.default('root'),
  group: accountName.default('root'),
  context: selinuxContext.optional(),
});

/** A whole SELinux context, or a type alone. */
export const selinuxContext = z
  .string()
  .regex(
    /^(?:\w+_t|\w+:\w+:\w+(?::s\d[\w:.,-]*)?)$/,
    'expected an SELinux type such as `httpd_sys_content_t`, or a whole context',
  );

/** A name of a user or group. */
export const accountName = z
  .string()
  .regex(/^[A-Za-z_][\w.-]*\$?$/, 'expected a name, as in passwd(5) or group(5)');

export interface Attributes {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** SELinux context or type, where the policy's is not the right one. */
  readonly context?: string | undefined;
}

export interface AttributeState {
  readonly file: FileState;
  readonly parent: FileState;
  readonly hasOwner: boolean;
  readonly hasGroup: boolean;
  /** Whether the policy has the `context` of the step. */
  readonly hasContext: boolean;
}

export async function lookAtAttributes(
  { path, owner, group, context }: Attributes,
  host: Reader,
  options: FileOptions = {},
): Promise<AttributeState> {
  const [file, parent, hasOwner, hasGroup, hasContext] = await Promise.all([
    host.file(path, options),
    host.file(posix.dirname(path), { toEnter: true }),
    hasAccount(host, 'passwd', owner),
    hasAccount(host, 'group', group),
    context === undefined || isKnownContext(host, context),
  ]);
  return { file, parent, hasOwner, hasGroup, hasContext };
}

async function hasAccount(host: Reader, database: 'passwd' | 'group', name: string): Promise<boolean> {
  if (name === 'root') return true;
  const { code } = await host.probe(['getent', database, name], { expect: [0, 2] });
  return code === 0;
}

/** What has to be there before a file or directory can stand. */
export function missingAround(spec: Attributes, state: AttributeState): Precondition[] {
  return [
    ...parentObstacles(spec.path, state.parent),
    ...(state.hasOwner ? [] : [missingAccount('user', spec.owner)]),
    ...(state.hasGroup ? [] : [missingAccount('group', spec.group)]),
    ...(state.hasContext ? [] : [unknownContext(spec.context ?? '')]),
  ];
}

function parentObstacles(file: string, parent: FileState): Precondition[] {
  const path = posix.dirname(file);
  if (!parent.exists) {
    const advice = `Put directory({ path: '${path}' }) before this step.`;
    return [{ reason: `${path} does not exist`, advice, path, later: `${path} is not there yet` }];
  }
  if (parent.refused) return [redirectable(file, parent.refused)];
  if (parent.type === 'directory' || parent.type === 'symlink') return [];
  return [{ reason: `${path} is not a directory` }];
}

/** A step that replaces the symlink, or changes a folder on the way, may take it away. */
function redirectable(path: string, { link, real }: RefusedFolder): Precondition {
  const reason = refusedSymlink(link, posix.join(real, posix.basename(path)));
  return { reason, later: reason, untilTouched: [...upwards(link), ...upwards(real)] };
}

/** The path and the folders above it. */
function upwards(path: string): string[] {
  return path === '/' ? [] : [path, ...upwards(posix.dirname(path))];
}

function missingAccount(kind: 'user' | 'group', name: string): Precondition {
  const advice = `Put a step that brings the ${kind} ${name} before this one.`;
  return { reason: `there is no ${kind} ${name}`, advice, later: `the ${kind} ${name} is not there yet` };
}

function unknownContext(context: string): Precondition {
  const reason = `the SELinux policy has no context ${context}`;
  const advice = 'Check the name, or put the step that brings it (selinuxModule, a package) before this one.';
  return { reason, advice, later: `${reason} yet` };
}

/** Changes of owner, group, mode and label of an existing path; without actions where it is written anew. */
export function attributeChanges(
  spec: Attributes,
  found: Pick<Attributes, 'mode' | 'owner' | 'group'> & {
    readonly label?: FileLabel;
    readonly inode?: string;
  },
  {
    kind,
    written,
    effects,
  }: { kind: PathKind; readonly written: boolean; readonly effects: PredictedEffects },
): Change[] {
  const aspects = (['owner', 'group', 'mode'] as const).filter((aspect) => spec[aspect] !== found[aspect]);
  const label = labelDifference(spec, found.label, effects);
  const changes: Change[] = aspects.map((aspect) => ({
    aspect,
    summary: `${aspect} ${found[aspect]} → ${spec[aspect]}`,
    actions: [],
  }));
  if (label !== undefined) changes.push({ aspect: 'label', summary: `label ${label}`, actions: [] });
  const [first, ...others] = changes;
  if (!first || written) return changes;
  const { path, context } = spec;
  const set = { path, kind, inode: found.inode, label: label !== undefined, context };
  const wanted = (aspect: 'owner' | 'group') => (aspects.includes(aspect) ? spec[aspect] : undefined);
  const mode = kind === 'link' || aspects.length === 0 ? undefined : spec.mode;
  const action = setAttributes({ ...set, owner: wanted('owner'), group: wanted('group'), mode });
  return [{ ...first, actions: [action] }, ...others];
}

const UNKNOWN = 3;

/** $1: a context or a type. The kernel says whether its policy has that; see selinux_check_context(3). */
const SCRIPT = `${LABEL_FUNCTIONS}
selinux_on || exit 0
context=$1 mls=0
read -r mls </sys/fs/selinux/mls || :
case $context-$mls in *:*) ;; *-1) context=system_u:object_r:$1:s0 ;; *) context=system_u:object_r:$1 ;; esac
said=$( { printf %s "$context" >/sys/fs/selinux/context; } 2>&1) && exit 0
case $said in *'Invalid argument'*) exit ${UNKNOWN} ;; esac
echo "$said" >&2
exit 1`;

/** Whether the host's policy has this context or type; true where SELinux is disabled. */
async function isKnownContext(host: Reader, context: string): Promise<boolean> {
  const { code } = await host.probe(shell(SCRIPT, context), { expect: [0, UNKNOWN] });
  return code === 0;
}

/** How an SELinux label differs from the policy, or from the `context` of the step; undefined where it does not. */
function labelDifference(
  { path, context }: { readonly path: string; readonly context?: string | undefined },
  label: FileLabel | undefined,
  effects: PredictedEffects,
): string | undefined {
  if (!label) return undefined;
  const rule = context === undefined ? effects.label(path) : undefined;
  if (rule?.restored) return undefined;
  if (rule && rule.type === undefined) return `${typeOf(label.context)} → as ${rule.step} says`;
  const wanted = context ?? rule?.type ?? label.expected;
  if (wanted === undefined || has(label.context, wanted)) return undefined;
  return difference(label.context, wanted) + (rule ? `, once ${rule.step} has set it` : '');
}

function has(context: string, wanted: string): boolean {
  return wanted === (wanted.includes(':') ? context : typeOf(context));
}

/** The types say it all, unless they are the same. */
function difference(from: string, to: string): string {
  const types = [typeOf(from), typeOf(to)] as const;
  return types[0] === types[1] ? `${from} → ${to}` : types.join(' → ');
}

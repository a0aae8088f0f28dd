import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ProbeError, type Reader } from '../../model/index.ts';
import { lookAtPolicy, requiredField, typeField } from '../selinux/policy.ts';

/** How semanage and file_contexts.local name the kinds of files. */
export const FILE_KINDS = {
  all: { option: 'a', written: '' },
  file: { option: 'f', written: '--' },
  directory: { option: 'd', written: '-d' },
  symlink: { option: 'l', written: '-l' },
  socket: { option: 's', written: '-s' },
  pipe: { option: 'p', written: '-p' },
  block: { option: 'b', written: '-b' },
  character: { option: 'c', written: '-c' },
} as const;

const KINDS = Object.keys(FILE_KINDS) as [keyof typeof FILE_KINDS, ...(keyof typeof FILE_KINDS)[]];

const patternField = z
  .string()
  .regex(/^\/[^\s\p{Cc}]*$/u, 'expected a pattern that begins with a slash and has no spaces')
  .refine(isRegularExpression, 'expected a regular expression, such as /srv/www(/.*)?')
  .refine(
    (pattern) => !hasOuterBar(pattern),
    'expected `|` only within parentheses: write one step for each pattern',
  );

const pathField = z
  .string()
  .regex(
    /^(\/[^/\s\p{Cc}*?[\](){}|^$\\]+)+$/u,
    'expected an absolute path without spaces, and without a slash at its end',
  );

export const contextSpec = z
  .strictObject({
    pattern: patternField,
    type: typeField.optional(),
    equals: pathField.optional(),
    files: z.enum(KINDS).default('all'),
    restore: z.boolean().default(true),
    required: requiredField,
  })
  .refine(
    ({ type, equals }) => (type === undefined) !== (equals === undefined),
    'expected either `type` or `equals`',
  )
  .refine(({ equals, files }) => equals === undefined || files === 'all', {
    path: ['files'],
    message: 'expected no `files` together with `equals`, which is about files of all kinds',
  })
  .refine(({ equals, pattern }) => equals === undefined || pathField.safeParse(pattern).success, {
    path: ['pattern'],
    message: 'expected a plain path together with `equals`, without a slash at its end',
  })
  .refine((spec) => !spec.restore || placeOf(spec).stem !== '/', {
    path: ['pattern'],
    message:
      'expected a pattern that begins with the name of a folder, or `restore: false`: it matches paths anywhere',
  });

export type ContextSpec = z.output<typeof contextSpec>;

/** Where files that a rule matches can be: at `stem` and below, or also beside it, at paths that begin like it. */
interface Place {
  readonly stem: string;
  readonly exact: boolean;
}

interface Paths {
  readonly pattern: string;
  readonly equals?: string | undefined;
}

/** The literal beginning of the pattern. A character before a quantifier may be missing in what it matches. */
export function placeOf({ pattern, equals }: Paths): Place {
  if (equals !== undefined) return { stem: pattern, exact: true };
  const [literal = ''] = /^(?:\\[^\w]|[^\\.^$?*+|[\](){}])*/.exec(pattern) ?? [];
  const rest = pattern.slice(literal.length);
  const certain = /^[?*{]/.test(rest) ? literal.replace(/(?:\\.|[^\\])$/, '') : literal;
  const stem = certain.replaceAll('\\', '');
  if (stem.endsWith('/') && stem !== '/') return { stem: stem.slice(0, -1), exact: true };
  return { stem, exact: certain === literal && /^(\(\/|$)/.test(rest) };
}

/** A path as a regular expression. */
export function escaped(path: string): string {
  return path.replace(/[.^$?*+|[\](){}\\]/g, '\\$&');
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(`^${pattern}$`);
    return true;
  } catch {
    return false;
  }
}

/** SELinux anchors the pattern as it is: `^` would be for the first alternative only, and `$` for the last. */
function hasOuterBar(pattern: string): boolean {
  const bare = pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) return true;
  }
  return false;
}

export interface ContextState {
  readonly store: string;
  /** The type, or the other path, of the local rule for the pattern. */
  readonly rule: string | undefined;
  /** Paths that the policy treats as others. */
  readonly equivalences: readonly (readonly [path: string, like: string])[];
  /** An earlier run added the rule and did not relabel to the end. */
  readonly relabelling: boolean;
  readonly hasType: boolean;
  readonly hasSemanage: boolean;
  readonly hasRestorecon: boolean;
}

const MARKERS = '/var/lib/trueup/relabel';

/** Says that what the pattern matches is yet to be relabelled. */
export function markerOf({ pattern, files }: Pick<ContextSpec, 'pattern' | 'files'>): string {
  const name = createHash('sha256').update(`${files} ${pattern}`).digest('hex').slice(0, 16);
  return `${MARKERS}/${name}`;
}

const LOOK = `type=$1 marker=$2
contexts=/etc/selinux/$kind/contexts/files
echo '== rules'
local_file "$contexts/file_contexts.local"
echo '== equal'
local_file "$contexts/file_contexts.subs"
echo '== equal in the policy'
local_file "$contexts/file_contexts.subs_dist"
[ -z "$type" ] || unknown_type "$type"
[ ! -d /var/lib/trueup ] || [ -x /var/lib/trueup ] || { echo '/var/lib/trueup cannot be read' >&2; exit 1; }
[ ! -e "$marker" ] || echo '== relabelling'
lacks semanage
lacks restorecon`;

/** Undefined where SELinux is disabled. */
export async function readContext(spec: ContextSpec, host: Reader): Promise<ContextState | undefined> {
  const look = await lookAtPolicy(host, LOOK, spec.type ?? '', markerOf(spec));
  if (!look) return undefined;
  const has = (section: string) => look.section(section) !== undefined;
  const equal = (look.section('equal') ?? []).map(parseEquivalence);
  return {
    store: look.store,
    rule:
      spec.equals === undefined
        ? ruleFor(spec, look.section('rules') ?? [])
        : equal.find(([path]) => path === spec.pattern)?.[1],
    equivalences: [...equal, ...(look.section('equal in the policy') ?? []).map(parseEquivalence)],
    relabelling: has('relabelling'),
    hasType: !has('unknown type'),
    hasSemanage: !has('no semanage'),
    hasRestorecon: !has('no restorecon'),
  };
}

/** Lines such as `/srv/www(/.*)?  --  system_u:object_r:httpd_sys_content_t:s0`, or `<<none>>` instead of the context. */
function ruleFor({ pattern, files }: ContextSpec, lines: readonly string[]): string | undefined {
  const { written } = FILE_KINDS[files];
  const rules = lines.map((line) => {
    const [path, ...rest] = line.trim().split(/\s+/);
    const context = rest.pop();
    if (path === undefined || context === undefined) throw noRule('file_contexts.local', line);
    return { path, kind: rest[0] ?? '', type: context.split(':')[2] ?? context };
  });
  return rules.findLast(({ path, kind }) => path === pattern && kind === written)?.type;
}

/** A line such as `/srv/deploy /home`. */
function parseEquivalence(line: string): readonly [string, string] {
  const [path, like] = line.trim().split(/\s+/);
  if (path === undefined || like === undefined) throw noRule('file_contexts.subs', line);
  return [path, like];
}

function noRule(file: string, line: string): ProbeError {
  return new ProbeError(`${file} of the SELinux policy has a line that is no rule: ${line}`);
}

import { z } from 'zod';
import { requiredField, typeField } from '../selinux/policy-fields.ts';

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
export interface Place {
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

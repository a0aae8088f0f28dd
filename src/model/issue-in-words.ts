import type { z } from 'zod';
import { didYouMean } from './nearest.ts';

/** What is wrong with a value, in one line, without where in the value; `more` are fields beside the schema's. */
export function issueInWords(
  issue: z.core.$ZodIssue,
  schema?: z.ZodType,
  more: readonly string[] = [],
): string {
  if (issue.code === 'invalid_key' && issue.message === 'Invalid key in record')
    return issue.issues.map((each) => issueInWords(each)).join('; ');
  if (issue.code !== 'unrecognized_keys') return issue.message.replace(/^Invalid (input|option): /, '');
  const known = [...fieldsAt(schema, issue.path), ...(issue.path.length === 0 ? more : [])];
  const unknown = issue.keys.map((key) => {
    const near = didYouMean(key, known);
    return `unknown field \`${key}\`${near || (known.length > 0 ? `: there are ${known.join(', ')}` : '')}`;
  });
  return unknown.join('; ');
}

/** The fields that a schema has at a path into its value; none where that cannot be said. */
function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const fields = Object(read(bare(schema), 'shape'));
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(fields);
  return fieldsAt(fields[first] ?? read(bare(schema), 'element'), rest);
}

/** Without its default, and whether it may be missing. */
function bare(schema: unknown): unknown {
  const unwrap = read(schema, 'unwrap');
  const list = read(schema, 'element') !== undefined;
  return typeof unwrap === 'function' && !list ? bare(unwrap.call(schema)) : schema;
}

function read(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null ? Reflect.get(schema, name) : undefined;
}

/** All of them in one line, each behind the field that it is about. */
export function issuesInWords(
  issues: readonly z.core.$ZodIssue[],
  schema?: z.ZodType,
  more: readonly string[] = [],
): string {
  const problems = issues.map((issue) =>
    [issue.path.join('.'), issueInWords(issue, schema, more)].filter(Boolean).join(': '),
  );
  return problems.join('; ');
}

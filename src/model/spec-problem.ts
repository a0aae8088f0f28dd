import type { z } from 'zod';
import { issueInWords } from './issue-in-words.ts';

/** What is wrong with a spec, in one line; `more` are fields that it may have beside those of the schema. */
export function specProblem(
  kind: string,
  error: z.ZodError,
  schema?: z.ZodType,
  more: readonly string[] = [],
): string {
  const issues = error.issues.map((issue) =>
    [issue.path.join('.'), issueInWords(issue, schema, more)].filter(Boolean).join(': '),
  );
  return `${kind}: ${issues.join('; ')}`;
}

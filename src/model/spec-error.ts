import type { z } from 'zod';
import { InputError } from './errors.ts';
import { fieldPlace } from './field-place.ts';
import { issueInWords } from './issue-in-words.ts';
import type { Place } from './place.ts';

/** Whose spec it is. */
export interface SpecOwner {
  readonly kind: string;
  readonly place: Place | undefined;
  readonly schema?: z.ZodType;
  /** Fields that it may have beside those of the schema. */
  readonly more?: readonly string[];
}

/** What is wrong with a spec, in one line, at the first field that is wrong. */
export function specError({ issues }: z.ZodError, { kind, place, schema, more = [] }: SpecOwner): InputError {
  const problems = issues.map((issue) =>
    [issue.path.join('.'), issueInWords(issue, schema, more)].filter(Boolean).join(': '),
  );
  const fields = issues.flatMap((issue) =>
    issue.path.length > 0 ? [String(issue.path[0])] : unknownKeys(issue),
  );
  return new InputError(`${kind}: ${problems.join('; ')}`, { place: fieldPlace(place, fields) });
}

function unknownKeys(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : [];
}

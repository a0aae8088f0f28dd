import type { z } from 'zod';
import { InputError } from './errors.ts';
import { fieldPlace } from './field-place.ts';
import { issuesInWords } from './issue-in-words.ts';
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
  const fields = issues.flatMap((issue) =>
    issue.path.length > 0 ? [String(issue.path[0])] : unknownKeys(issue),
  );
  return new InputError(`${kind}: ${issuesInWords(issues, schema, more)}`, {
    place: fieldPlace(place, fields),
  });
}

function unknownKeys(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : [];
}

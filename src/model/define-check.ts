import type { z } from 'zod';
import type { Check, CheckContext, Outcome } from './check.ts';
import { InputError } from './errors.ts';
import { callerPlace } from './place.ts';
import { specProblem } from './step.ts';

/** A kind of check. */
export interface CheckKind<Schema extends z.ZodType> {
  readonly kind: string;
  readonly schema: Schema;
  /** How people call it in output. */
  name(spec: z.output<Schema>): string;
  run(spec: z.output<Schema>, context: CheckContext): Promise<Outcome>;
}

/** Makes the function that a playbook calls to get a check of this kind. */
export function defineCheck<Schema extends z.ZodType>(
  kind: CheckKind<Schema>,
): (spec: z.input<Schema>) => Check {
  return function check(spec) {
    const place = callerPlace(check);
    const checked = kind.schema.safeParse(spec);
    if (!checked.success) throw new InputError(specProblem(kind.kind, checked.error, kind.schema), { place });
    const ready = checked.data;
    return { kind: kind.kind, name: kind.name(ready), place, run: (context) => kind.run(ready, context) };
  };
}

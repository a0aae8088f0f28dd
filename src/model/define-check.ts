import type { z } from 'zod';
import type { Check, CheckContext, Outcome } from './check.ts';
import { InputError } from './errors.ts';
import { fieldPlace } from './field-place.ts';
import type { Place } from './place.ts';
import { refuseNul } from './refuse-nul.ts';
import { specError } from './spec-error.ts';
import { callerPlace } from './stack-places.ts';

/** A kind of check. */
export interface CheckKind<Schema extends z.ZodType> {
  readonly kind: string;
  readonly schema: Schema;
  /** Default false: a check only looks, asks and connects. */
  readonly disturbs?: boolean;
  /** How people call it in output. */
  name(spec: z.output<Schema>): string;
  run(spec: z.output<Schema>, context: CheckContext): Promise<Outcome>;
}

/** What every check can be given besides its own fields. */
export interface Cautioned {
  /**
   * What to know although the check holds, such as a limit of the way that was chosen and what to choose instead. It
   * is shown with a `!` below the check, and is not a failure.
   */
  caution?: string;
}

/** Makes the function that a playbook calls to get a check of this kind. */
export function defineCheck<Schema extends z.ZodType>(
  kind: CheckKind<Schema>,
): (spec: z.input<Schema> & Cautioned) => Check {
  return function check(given) {
    const place = callerPlace(check);
    const { caution, spec } = withoutCaution(given);
    const checked = kind.schema.safeParse(spec);
    if (!checked.success) {
      throw specError(checked.error, { kind: kind.kind, place, schema: kind.schema, more: ['caution'] });
    }
    const ready = checked.data;
    refuseNul(ready, kind.kind, place);
    const said = checkedCaution(caution, kind.kind, place);
    return {
      kind: kind.kind,
      name: kind.name(ready),
      place,
      disturbs: kind.disturbs ?? false,
      run: async (context) => cautioned(await kind.run(ready, context), said),
    };
  };
}

/** A check's schema knows nothing of cautions. */
function withoutCaution(given: unknown): { caution?: unknown; spec: unknown } {
  if (typeof given !== 'object' || given === null || !('caution' in given)) return { spec: given };
  const { caution, ...spec } = given;
  return { caution, spec };
}

function checkedCaution(caution: unknown, kind: string, place: Place | undefined): string | undefined {
  if (caution === undefined || (typeof caution === 'string' && caution.trim() !== '')) return caution;
  throw new InputError(`${kind}: caution: expected a text`, { place: fieldPlace(place, ['caution']) });
}

function cautioned(outcome: Outcome, caution: string | undefined): Outcome {
  return outcome.ok && caution !== undefined ? { ...outcome, caution } : outcome;
}

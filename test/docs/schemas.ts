import { z } from 'zod';

/** What the reference shows of a field's schema. */
export interface FieldSchema {
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

/**
 * The schema's fields, by the name of the field. A resource or check does not export its schema, but zod hands the schema
 * to `customError` when it refuses a field that it does not know.
 */
export function fieldsOf(make: (spec: unknown) => unknown): Readonly<Record<string, FieldSchema>> {
  const { customError } = z.config();
  let schema: z.ZodType | undefined;
  z.config({
    customError: ({ code, inst }) => {
      if (code === 'unrecognized_keys') schema = inst as unknown as z.ZodType;
      return undefined;
    },
  });
  try {
    make({ 'not a field': true });
  } catch {
    // Expected: the field is refused.
  } finally {
    z.config({ customError });
  }
  if (!schema) throw new Error('no schema refused an unknown field');
  const { properties = {} } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return properties as Record<string, FieldSchema>;
}

/** Such as `1 to 65535`. Bounds that only say what fits into a number are left out. */
export function limitsOf({ minimum, exclusiveMinimum, maximum, minItems }: FieldSchema): string {
  const from = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : `${minimum}`;
  const above = exclusiveMinimum === undefined ? undefined : `more than ${exclusiveMinimum}`;
  const low = from ?? above;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  if (low !== undefined) return above ?? `at least ${low}`;
  return minItems !== undefined && minItems > 1 ? `at least ${minItems}` : '';
}

/** Empty where there is no default, or an empty one. */
export function defaultOf(schema: FieldSchema): string {
  const value = schema.default;
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return '';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

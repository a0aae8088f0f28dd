import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readManual } from './manual.ts';
import { REFERENCE, reference } from './reference.ts';
import { ROOT } from './samples.ts';
import { defaultOf, fieldsOf, limitsOf } from './schemas.ts';

it('the reference is what the source says: else run `npm run reference`', () => {
  expect(readFileSync(join(ROOT, REFERENCE), 'utf8')).toBe(reference());
}, 120_000);

it('reads the fields of a schema that is not exported, and leaves zod as it was', () => {
  const before = z.config().customError;
  const schema = z.strictObject({ port: z.int().min(1).max(65535).default(443) });
  const { port = {} } = fieldsOf((spec) => schema.parse(spec));
  expect([limitsOf(port), defaultOf(port)]).toEqual(['1 to 65535', '443']);
  expect(z.config().customError).toBe(before);
});

it('says so if nothing refuses an unknown field', () => {
  expect(() => fieldsOf(() => {})).toThrow('no schema refused an unknown field');
});

it.each([
  [{ exclusiveMinimum: 0, maximum: 600 }, 'more than 0 to 600'],
  [{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'at least 0'],
  [{ minItems: 2 }, 'at least 2'],
  [{ minItems: 1 }, ''],
])('the limits of %j are "%s"', (schema, limits) => {
  expect(limitsOf(schema)).toBe(limits);
});

it('moves what a list says of fields out of the text, and keeps other lists', () => {
  const docstring = [
    'Ensures a thing.',
    '',
    '- `content`: its text,',
    '  or a secret. Or `source`: a file.',
    '- `a`, `b`: names.',
    '- `nginx`: not a field.',
    '',
    '    thing({ a: 1 })',
  ].join('\n');
  const { text, fields } = readManual(docstring, (name) => ['content', 'source', 'a', 'b'].includes(name));
  expect([...fields]).toEqual([
    ['content', 'Its text, or a secret.'],
    ['source', 'A file.'],
    ['a', 'A name.'],
    ['b', 'A name.'],
  ]);
  expect(text).toBe('Ensures a thing.\n\n- `nginx`: not a field.\n\n```ts\nthing({ a: 1 })\n```');
});

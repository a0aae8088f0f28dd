import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineCheck, type Outcome } from '../../src/model/index.ts';
import { checkContext } from '../checks/context.ts';

const says = defineCheck({
  kind: 'says',
  schema: z.strictObject({ ok: z.boolean() }),
  name: () => 'it',
  run: async ({ ok }): Promise<Outcome> => ({ ok, detail: 'said' }),
});

test('a caution is told where the check holds', async () => {
  const outcome = await says({ ok: true, caution: 'but mind' }).run(checkContext());
  expect(outcome).toEqual({ ok: true, detail: 'said', caution: 'but mind' });
  expect(await says({ ok: true }).run(checkContext())).toEqual({ ok: true, detail: 'said' });
});

test('a failure speaks for itself', async () => {
  const outcome = await says({ ok: false, caution: 'but mind' }).run(checkContext());
  expect(outcome).toEqual({ ok: false, detail: 'said' });
});

test.each<[spec: object, message: string]>([
  [{ ok: true, caution: '' }, 'says: caution: expected a text'],
  [{ ok: true, caution: 7 }, 'says: caution: expected a text'],
  [{ ok: true, cautoin: 'x' }, 'says: unknown field `cautoin`: did you mean `caution`?'],
])('refuses %j', (spec, message) => {
  expect(() => says(spec as never)).toThrow(message);
});

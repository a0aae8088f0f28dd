import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callerPlace, defineResource, differs, formatPlace, withTags } from '../../src/model/index.ts';

const thing = defineResource({
  kind: 'thing',
  schema: z.strictObject({ name: z.string(), size: z.int().optional() }),
  name: ({ name }) => name,
  manages: ({ name }) => [name],
  read: async (spec) => spec,
  diff: () => differs([]),
});
const loose = thing as (spec: unknown) => unknown;

describe('tags of a step', () => {
  it('are kept beside its spec, which does not see them', () => {
    expect(thing({ name: 'a', tags: ['x', 'y'] })).toMatchObject({ label: 'thing a', tags: ['x', 'y'] });
    expect(thing({ name: 'a' }).tags).toEqual([]);
  });

  it('are joined by those of its play, before and after it was prepared', async () => {
    const step = withTags(thing({ name: 'a', tags: ['x', 'y'] }), ['y', 'z']);
    expect(step.tags).toEqual(['x', 'y', 'z']);
    expect((await step.prepare({ root: '/' })).tags).toEqual(['x', 'y', 'z']);
  });

  it.each<[spec: unknown, message: string]>([
    [{ name: 'a', tags: 'x' }, 'thing: tags: expected a list of words'],
    [{ name: 'a', tags: ['a,b'] }, 'thing: tags: expected words of letters, digits, - _ and ., found "a,b"'],
    [{ name: 'a', tags: [''] }, 'thing: tags: expected words of letters, digits, - _ and ., found ""'],
    [{ name: 'a', tags: [7] }, 'thing: tags: expected words of letters, digits, - _ and ., found 7'],
    [
      { name: 'a', tags: ['always'] },
      'thing: tags: `always` has a special meaning in Ansible, but not in trueup; use another word',
    ],
    [{ name: 'a', tag: ['x'] }, 'thing: unknown field `tag`: did you mean `tags`?'],
    [{ name: 'a', siz: 1 }, 'thing: unknown field `siz`: did you mean `size`?'],
    [undefined, 'thing: expected object, received undefined'],
  ])('refuses %j', (spec, message) => {
    const here = () => callerPlace(here);
    const line = Number(here()?.line);
    const place = formatPlace({ file: import.meta.filename, line: line + 2, column: 18 });
    expect(() => loose(spec)).toThrow(`${place}: ${message}`);
  });
});

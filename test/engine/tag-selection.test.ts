import { describe, expect, it } from 'vitest';
import { checkTags, isSelected } from '../../src/engine/tag-selection.ts';
import { InputError } from '../../src/model/index.ts';

describe('isSelected', () => {
  it.each<[own: string[], tags: string[], skipTags: string[], selected: boolean]>([
    [[], [], [], true],
    [['a'], [], [], true],
    [['a'], ['a'], [], true],
    [['a', 'b'], ['x', 'b'], [], true],
    [['a'], ['b'], [], false],
    [[], ['a'], [], false],
    [['a'], [], ['a'], false],
    [['b'], [], ['a'], true],
    [[], [], ['a'], true],
    [['a', 'b'], ['a'], ['b'], false],
  ])('%j with --tags %j --skip-tags %j', (own, tags, skipTags, selected) => {
    expect(isSelected({ tags: own }, { tags, skipTags })).toBe(selected);
  });
});

describe('checkTags', () => {
  const known = new Set(['firewall', 'packages']);

  it.each([
    [['firewal'], [], '--tags firewal: no step has this tag: did you mean `firewall`?'],
    [['firewall'], ['packges'], '--skip-tags packges: no step has this tag: did you mean `packages`?'],
    [['dns'], [], '--tags dns: no step has this tag'],
  ])('%j %j', (tags, skipTags, message) => {
    expect(() => checkTags(known, { tags, skipTags })).toThrow(
      new InputError(message, { advice: 'There are: firewall, packages.' }),
    );
  });

  it('lets known ones pass, and lists them otherwise', () => {
    checkTags(known, { tags: ['firewall'], skipTags: ['packages'] });
    const advice = (tags: Set<string>) => {
      try {
        checkTags(tags, { tags: ['dns'], skipTags: [] });
      } catch (error) {
        return (error as InputError).advice;
      }
    };
    expect(advice(known)).toBe('There are: firewall, packages.');
    expect(advice(new Set())).toBe('The playbook has no tags.');
  });
});

import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/options.ts';

describe('the command line', () => {
  it('is read whole', () => {
    const words =
      'plan site.ts -i lab.yml -l lb-01 -e a=1 -e b=2 -f 3 --diff --json -v --detailed-exitcode -t a,b --tags c --skip-tags d';
    expect(parseOptions(words.split(' '))).toEqual({
      verb: 'plan',
      playbook: 'site.ts',
      inventory: 'lab.yml',
      limit: 'lb-01',
      extraVars: ['a=1', 'b=2'],
      tags: ['a', 'b', 'c'],
      skipTags: ['d'],
      forks: 3,
      diff: true,
      json: true,
      verbose: true,
      yes: false,
      detailedExitcode: true,
    });
  });

  it.each([
    ['plam site.ts', /unknown command 'plam'\n\(Did you mean plan\?\)/],
    ['plan', /missing required argument 'playbook'/],
    ['plan site.ts --dif', /unknown option '--dif'\n\(Did you mean --diff\?\)/],
    ['plan site.ts -f none', /expected a whole number from 1 on/],
    ['plan site.ts --tags ,', /expected words with commas between them/],
    ['verify site.ts --tags a', /unknown option '--tags'/],
    ['plan site.ts more', /too many arguments/],
  ])('%s', (words, message) => {
    expect(() => parseOptions(words.split(' '))).toThrow(message);
  });
});

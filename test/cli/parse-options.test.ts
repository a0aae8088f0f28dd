import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { parseOptions } from '../../src/cli/parse-options.ts';

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
      verbosity: 1,
      yes: false,
      detailedExitcode: true,
      verify: false,
      disturb: false,
      map: false,
      junit: undefined,
    });
  });

  it('knows what verify and its like can do more', () => {
    expect(parseOptions('verify site.ts --map --disturb --junit out.xml'.split(' '))).toMatchObject({
      map: true,
      disturb: true,
      junit: 'out.xml',
    });
    expect(parseOptions('apply site.ts --verify'.split(' '))).toMatchObject({ verify: true });
  });

  it.each<[string, object]>([
    [
      'validate site.ts -l a -e b=1 --json',
      {
        verb: 'validate',
        playbook: 'site.ts',
        inventory: 'inventory/hosts.yml',
        limit: 'a',
        extraVars: ['b=1'],
        json: true,
      },
    ],
    ['facts', { verb: 'facts', pattern: 'all', inventory: 'inventory/hosts.yml', forks: 10 }],
    ['inventory list web -i x.yml', { verb: 'inventory list', pattern: 'web', inventory: 'x.yml' }],
    [
      'inventory show a --explain -i x.yml',
      { verb: 'inventory show', pattern: 'a', inventory: 'x.yml', explain: true },
    ],
    ['completion zsh', { verb: 'completion', shell: 'zsh' }],
  ])('%s', (words, request) => {
    expect(parseOptions(words.split(' '))).toEqual(request);
  });

  it('has help that fits 80 columns', () => {
    const pages = [commandLine(), ...commandLine().commands.flatMap((each) => [each, ...each.commands])];
    const lines = pages.flatMap((page) => page.helpInformation().split('\n'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });

  it.each([
    ['completion fish', /Allowed choices are bash, zsh/],
    ['plam site.ts', /unknown command 'plam'\n\(Did you mean plan\?\)/],
    ['plan', /missing required argument 'playbook'/],
    ['plan site.ts --dif', /unknown option '--dif'\n\(Did you mean --diff\?\)/],
    ['plan site.ts -f none', /expected a whole number from 1 on/],
    ['plan site.ts --tags ,', /expected words with commas between them/],
    ['verify site.ts --tags a', /unknown option '--tags'/],
    ['plan site.ts more', /too many arguments/],
    ['inventory', /^expected a command: trueup inventory list or trueup inventory show$/],
    ['hosts', /^expected a command: trueup hosts forget$/],
  ])('%s', (words, message) => {
    expect(() => parseOptions(words.split(' '))).toThrow(message);
  });

  it.each([
    ['plna site.ts', 'trueup --help'],
    ['plan --dif site.ts', 'trueup plan --help'],
    ['inventory shwo a', 'trueup inventory --help'],
    ['inventory show', 'trueup inventory show --help'],
  ])('%s: the help to look into', (words, help) => {
    const read = () => parseOptions(words.split(' '));
    expect(read).toThrow(expect.objectContaining({ advice: `${help} lists what there is.` }));
  });
});

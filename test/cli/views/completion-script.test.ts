import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.ts';
import { completionScript } from '../../../src/cli/views/completion-script.ts';
import { projectFolder } from '../../project-folder.ts';

/** What bash proposes for the last of these words. */
function proposals(...words: string[]): string[] {
  const root = projectFolder({ 'site.ts': '', 'lab.yml': '' });
  const script = join(root, 'completion.bash');
  writeFileSync(script, completionScript('bash', commandLine()));
  const ask = [
    'source "$1"; shift',
    'trueup() { [ "$*" = "inventory list -i lab.yml" ] && printf "lb-01  root@a         x, y\\nlb-02  root@b port 1\\n"; }',
    `COMP_WORDS=(trueup "$@") COMP_CWORD=$#; _trueup; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ];
  const out = execFileSync('bash', ['-c', ask.join('\n'), 'bash', script, ...words], { cwd: root });
  return out.toString().split('\n').filter(Boolean).sort();
}

describe('completion in bash', () => {
  it.each<[words: string[], expected: string[]]>([
    [['pl'], ['plan']],
    [['in'], ['inventory']],
    [
      ['inventory', ''],
      ['list', 'show'],
    ],
    [['plan', 'si'], ['site.ts']],
    [['plan', 'site.ts', '--det'], ['--detailed-exitcode']],
    [['verify', 'site.ts', '--ta'], []],
    [['plan', 'site.ts', '-i', 'l'], ['lab.yml']],
    [
      ['plan', '-i', 'lab.yml', 'site.ts', '-l', 'lb-'],
      ['lb-01', 'lb-02'],
    ],
    [
      ['inventory', 'show', '-i', 'lab.yml', ''],
      ['all', 'lb-01', 'lb-02', 'x', 'y'],
    ],
    [['plan', '-i', 'lab.yml', '--limit', '=', 'y'], ['y']],
    [['plan', '-i', 'lab.yml', '-l', 'x,!lb-02,a'], ['x,!lb-02,all']],
    [['plan', '--junit', 's'], ['site.ts']],
    [['inventory', 'show', '-i', 'lab.yml', 'lb-01', '--ex'], ['--explain']],
    [['plan', 'site.ts', '-f', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
  ])('%j', (words, expected) => {
    expect(proposals(...words)).toEqual(expected);
  });

  it('is wrapped for zsh', () => {
    expect(completionScript('zsh', commandLine())).toMatch(/bashcompinit\n_trueup\(\) \{/);
  });
});

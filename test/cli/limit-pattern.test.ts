import { describe, expect, it } from 'vitest';
import { limitPattern } from '../../src/cli/limit-pattern.ts';
import { InputError } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

describe('limitPattern', () => {
  const files = { 'retry.txt': 'lb-01\r\n\n# later\nweb*  # both\n', 'none.txt': '# nobody\n' };

  it.each([
    ['lb-01:!web', 'lb-01:!web'],
    ['@{root}/retry.txt', 'lb-01,web*'],
    ['db, @{root}/retry.txt,!web-02', 'db,lb-01,web*,!web-02'],
  ])('%s', (limit, pattern) => {
    expect(limitPattern(limit.replace('{root}', projectFolder(files)))).toBe(pattern);
  });

  it.each([
    ['@{root}/none.txt', 'the file names no host'],
    ['@{root}/no.txt', 'there is no such file'],
    ['@{root}/.', 'cannot be read: '],
  ])('refuses %s', (limit, message) => {
    const root = projectFolder(files);
    const read = () => limitPattern(limit.replace('{root}', root));
    expect(read).toThrow(InputError);
    expect(read).toThrow(`--limit ${limit.replace('{root}', root)}: ${message}`);
  });
});

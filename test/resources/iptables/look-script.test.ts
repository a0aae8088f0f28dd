import { describe, expect, it } from 'vitest';
import { readSections, runningText } from '../../../src/resources/iptables/look-at-rules.ts';

const output = (stdout: string, stderr = '') => ({ code: 0, stdout, stderr, bytes: Buffer.from(stdout) });

describe('readSections', () => {
  it('keeps what each part said apart', () => {
    const sections = readSections(
      output('@running 0\n|*filter\n|@saved 0\n|COMMIT\n@ours 2\n|\n', '@running\n@ours\nline 2 failed\n'),
    );
    expect(sections).toEqual([
      { name: 'running', code: 0, text: '*filter\n@saved 0\nCOMMIT\n', errors: '' },
      { name: 'ours', code: 2, text: '\n', errors: 'line 2 failed' },
    ]);
  });
});

describe('runningText', () => {
  it('is what iptables-save printed', () => {
    expect(runningText('iptables', { name: 'running', code: 0, text: '*filter\n', errors: '' })).toBe(
      '*filter\n',
    );
  });

  it.each([
    [{ code: 1, text: '', errors: 'Permission denied (you must be root)' }, 'you must be root'],
    [{ code: 0, text: "# Table `filter' is incompatible, use 'nft' tool.\n", errors: '' }, 'incompatible'],
    [undefined, 'iptables-save did not show the running list'],
  ])('is never read out of an answer that is none: %j', (section, message) => {
    const named = section && { name: 'running', ...section };
    expect(() => runningText('iptables', named)).toThrow(message);
  });
});

import { expect, it } from 'vitest';
import { fileLabel, type Relabels } from '../../src/remote/file-state.ts';

const TMP = 'u:object_r:tmp_t:s0';
const ETC = 'u:object_r:etc_t:s0';

function label(context: string, relabels: Relabels | undefined, realPaths = new Map<string, string>()) {
  const none = new Map();
  return fileLabel('/etc/x', context, {
    ...{ stats: none, targets: none, hashes: none, contents: none, refused: none, reasons: none },
    realPaths,
    relabels,
  });
}

it.each([
  ['SELinux is disabled', label('-', undefined), undefined],
  ['the file system has no labels', label('?', { code: 0, said: '' }), undefined],
  ['it is as the policy says', label(ETC, { code: 0, said: '' }), { context: ETC }],
  [
    'it is another one',
    label(TMP, { code: 0, said: `Would relabel /etc/x from ${TMP} to ${ETC}` }),
    { context: TMP, expected: ETC },
  ],
  [
    'its folder is a symlink',
    label(
      TMP,
      { code: 0, said: `Would relabel /real/x from ${TMP} to ${ETC}` },
      new Map([['/etc/x', '/real/x']]),
    ),
    { context: TMP, expected: ETC },
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

it('is not known where restorecon fails, and so the look has failed', () => {
  const said = 'restorecon: lstat(/etc/x) failed: Permission denied';
  expect(() => label(TMP, { code: 255, said })).toThrow(
    `cannot determine the SELinux label of /etc/x: ${said}`,
  );
});

it('names the tool that is missing, which an earlier step may bring', () => {
  try {
    label(TMP, { code: 127, said: 'sh: 12: restorecon: not found' });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ missing: 'restorecon' });
  }
});

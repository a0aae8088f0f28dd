import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { shell } from '../../src/model/index.ts';
import { batchScript } from '../../src/remote/batch-script.ts';
import { framedScript } from '../../src/remote/frames.ts';
import { rootShellLine } from '../../src/remote/root-shell.ts';

const dir = mkdtempSync(join(tmpdir(), 'trueup-script-'));
const mark = join(dir, 'ran');

afterAll(() => rmSync(dir, { recursive: true }));

/** A script with something of everything that a batch can hold. */
const script = framedScript(
  'N0',
  batchScript({
    actions: [
      { command: shell('>"$1"', mark), limit: 5 },
      { command: ['cat'], stdin: "it's\n} ; } \n", limit: 5 },
      { command: ['cat'], stdin: Buffer.from([0, 255]), limit: 5 },
    ],
    probes: [{ command: ['echo', '}\n}', "'"], limit: 5 }],
  }),
);

/** What a host does with the first bytes of the script, when no more than these arrive. */
function arrive(bytes: number, sh: string): string {
  rmSync(mark, { force: true });
  const line = rootShellLine(Buffer.byteLength(script)).replaceAll(/(\/bin\/)?\bsh -c/g, `${sh} -c`);
  return spawnSync('sh', ['-c', line], { input: script.slice(0, bytes), encoding: 'utf8' }).stdout;
}

describe.each(['dash', 'bash'])('in %s, a script', (sh) => {
  it('that arrived whole runs', () => {
    expect(arrive(script.length, sh)).toContain('\nN0 end\n');
    expect(existsSync(mark)).toBe(true);
  });

  it('that arrived in part does nothing and says nothing', () => {
    const lineEnds = [...script.matchAll(/\n/g)].map(({ index }) => index);
    const cuts = [0, 1, ...lineEnds.flatMap((end) => [end, end + 1]), script.length - 1];
    for (const cut of cuts) {
      expect([cut, arrive(cut, sh), existsSync(mark)]).toEqual([cut, '', false]);
    }
  });
});

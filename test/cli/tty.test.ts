import type { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { promptTty } from '../../src/cli/tty.ts';

it.each<[string, terminals: string, 'stdout' | 'stderr' | undefined]>([
  ['on a terminal', 'stdin stdout stderr', 'stderr'],
  ['with >FILE', 'stdin stderr', 'stderr'],
  ['with 2>FILE', 'stdin stdout', 'stdout'],
  ['with both in files', 'stdin', undefined],
  ['with an input that is no terminal', 'stdout stderr', undefined],
])('%s', (_, terminals, expected) => {
  const stream = (name: string) => ({ name, isTTY: terminals.includes(name) }) as unknown as WriteStream;
  const [stdin, stdout, stderr] = [stream('stdin'), stream('stdout'), stream('stderr')];
  expect(promptTty({ stdin, stdout, stderr })).toBe(expected && { stdout, stderr }[expected]);
});

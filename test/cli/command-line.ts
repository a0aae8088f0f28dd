import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, as the bin does, and keeps what it writes. */
export async function commandLine(...argv: string[]): Promise<Ran> {
  const [stdout, stderr] = [kept('stdout'), kept('stderr')];
  try {
    const code = await main(argv);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.end();
    stderr.end();
  }
}

function kept(stream: 'stdout' | 'stderr'): { text(): string; end(): void } {
  const spy = vi.spyOn(process[stream], 'write').mockImplementation(() => true);
  return {
    text: () => spy.mock.calls.map(([chunk]) => String(chunk)).join(''),
    end: () => spy.mockRestore(),
  };
}

import { ProbeError } from '../model/index.ts';
import type { Frame } from './frames.ts';

/** The output between two marks. */
export interface CommandOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly code: number;
  readonly seconds: number;
}

/** What lies between the first mark and the last; the marks on stdout tell the code, and when it began and ended. */
export function commandOutputs(stdout: readonly Frame[], stderr: readonly Frame[]): CommandOutput[] {
  return stdout.slice(1, -1).map(({ bytes, words }, index) => {
    const [code = Number.NaN, began = 0, ended = 0] = words.map(Number);
    if (!isCode(code) || !Number.isFinite(began) || !Number.isFinite(ended)) {
      throw new ProbeError('the host answered with something that the script does not print');
    }
    const errors = stderr[index + 1]?.bytes ?? Buffer.alloc(0);
    return { stdout: bytes, stderr: errors, code, seconds: ended - began };
  });
}

function isCode(code: number): boolean {
  return Number.isInteger(code) && code >= 0 && code <= 255;
}

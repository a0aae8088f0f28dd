import { fileURLToPath } from 'node:url';

/** Where something was written; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

const FRAME = /(?:\(|at )((?:file:\/\/)?\/[^()]+?):(\d+):(\d+)\)?$/;

/** The places of a stack trace, innermost first. */
export function placesOf(stack: string): Place[] {
  return stack.split('\n').flatMap((line) => {
    const match = FRAME.exec(line);
    if (!match?.[1]) return [];
    const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1];
    return [{ file, line: Number(match[2]), column: Number(match[3]) }];
  });
}

/** Where `called` was called from. No column: a playbook is compiled as it is loaded, which keeps only its lines. */
export function callerPlace(called: (...args: never[]) => unknown): Place | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const [caller] = placesOf(holder.stack ?? '');
  return caller && { file: caller.file, line: caller.line };
}

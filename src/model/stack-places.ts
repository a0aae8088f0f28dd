import { fileURLToPath } from 'node:url';
import type { Place } from './place.ts';
import { writtenPlace } from './written-place.ts';

/** `at NAME (PLACE)` or `at PLACE`: folders, too, may have brackets in their names. */
const FRAME =
  /^ {4}at (?!.*, <anonymous>)(?:.*? \((?=\/|file:))?(?:async )?((?:file:\/\/)?\/.*):(\d+):(\d+)\)?$/;

/** The places of a stack trace as they were written, innermost first. */
export function placesOf(stack: string): Place[] {
  return runningPlaces(stack).map(writtenPlace);
}

/** Where `called` was called from. */
export function callerPlace(called: (...args: never[]) => unknown): Place | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const [caller] = runningPlaces(holder.stack ?? '');
  return caller && writtenLater(caller);
}

/** Looked up on demand: the place of most steps is never shown. */
function writtenLater(running: Place): Place {
  let known: Place | undefined;
  const written = () => {
    known ??= writtenPlace(running);
    return known;
  };
  return {
    file: running.file,
    get line() {
      return written().line;
    },
    get column() {
      return written().column ?? 1;
    },
  };
}

function runningPlaces(stack: string): Place[] {
  return stack.split('\n').flatMap((line) => {
    const match = FRAME.exec(line);
    if (!match?.[1]) return [];
    const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1];
    return [{ file, line: Number(match[2]), column: Number(match[3]) }];
  });
}

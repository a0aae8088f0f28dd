import { randomBytes } from 'node:crypto';
import { type Command, type Invocation, OWN_FOLDER, shell, shellLine } from '../model/index.ts';

/** Seconds that a host waits for confirmation before it rolls back. */
const GRACE = 30;

/**
 * Commands around an action that could lock us out. The laptop and the timer on the host both try to make the directory `claim`:
 * the first one decides. If it cannot be made (a full disk), the host rolls back.
 */
export interface RollbackTimer {
  /** Starts the timer; run it right before the action. */
  readonly start: Invocation;
  /** Stops the timer; exits non-zero if the host has already rolled back. */
  readonly confirm: Invocation;
  /** Rolls back at once. */
  readonly rollBack: Invocation;
}

const START = `${OWN_FOLDER}
own_folder /run/trueup "\${1%/*}" "$1" || exit 1
setsid sh -c 'sleep "$2"; mkdir "$1/claim" 2>/dev/null || [ ! -d "$1/claim" ] || { rm -rf -- "$1"; exit 0; }; eval "$3"' trueup "$1" "$2" "$3" </dev/null >/dev/null 2>&1 &`;
const CONFIRM = `mkdir "$1/claim" && exit
[ ! -d "$1/claim" ] || echo "no answer in time: the host has undone the change itself" >&2
exit 1`;
const ROLL_BACK = `mkdir "$1/claim" 2>/dev/null || [ ! -d "$1/claim" ] || exit 0; eval "$2"`;

export function rollbackTimer(undo: Command, grace = GRACE): RollbackTimer {
  const folder = `/run/trueup/undo/${randomBytes(8).toString('hex')}`;
  const line = shellLine(undo);
  return {
    start: { command: shell(START, folder, String(grace), line), limit: 10 },
    confirm: { command: shell(CONFIRM, folder), limit: 10 },
    rollBack: { command: shell(ROLL_BACK, folder, line), limit: 60 },
  };
}

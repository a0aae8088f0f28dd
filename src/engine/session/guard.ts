import { randomBytes } from 'node:crypto';
import { type Command, type Invocation, OWN_FOLDER, shell, shellLine } from '../../model/index.ts';

/** Seconds that a host waits for our word before it undoes a guarded action. */
const GRACE = 30;

/**
 * The commands around an action that could lock us out: whoever makes `claim` first has decided. Where it cannot be made
 * (a full disk), nobody has, and it is undone.
 */
export interface Guard {
  /** Starts the timer that will undo. Comes right before the action. */
  readonly arm: Invocation;
  /** Ends the timer; exits non-zero if it has already undone the action. */
  readonly disarm: Invocation;
  /** Undoes at once. */
  readonly undo: Invocation;
}

const ARM = `${OWN_FOLDER}
own_folder /run/trueup "\${1%/*}" "$1" || exit 1
setsid sh -c 'sleep "$2"; mkdir "$1/claim" 2>/dev/null || [ ! -d "$1/claim" ] || { rm -rf -- "$1"; exit 0; }; eval "$3"' trueup "$1" "$2" "$3" </dev/null >/dev/null 2>&1 &`;
const DISARM = `mkdir "$1/claim" && exit
[ ! -d "$1/claim" ] || echo "no answer in time: the host has undone the change itself" >&2
exit 1`;
const UNDO = `mkdir "$1/claim" 2>/dev/null || [ ! -d "$1/claim" ] || exit 0; eval "$2"`;

export function guard(undo: Command, grace = GRACE): Guard {
  const folder = `/run/trueup/undo/${randomBytes(8).toString('hex')}`;
  const line = shellLine(undo);
  return {
    arm: { command: shell(ARM, folder, String(grace), line), limit: 10 },
    disarm: { command: shell(DISARM, folder), limit: 10 },
    undo: { command: shell(UNDO, folder, line), limit: 60 },
  };
}

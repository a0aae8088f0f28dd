import { blocked, type Change, type Finding, ok, type PredictedEffects } from '../../model/index.ts';
import { type Precondition, unlessBlocked } from '../files/precondition.ts';
import { addNote } from './add-note.ts';
import { createUser } from './create-user.ts';
import type { AccountState } from './read-account.ts';
import { userChanges } from './user-changes.ts';
import type { UserSpec } from './user-spec.ts';

export function decideUser(spec: UserSpec, state: AccountState, effects: PredictedEffects): Finding {
  const { local, known } = state;
  if (spec.state === 'absent') return decideAbsent(spec, state);
  if (!local && known) return userChanges(spec, known, state).length === 0 ? ok : notLocal(spec.name);
  const changes = local ? userChanges(spec, local, state) : [createUser(spec, state)];
  return addNote(unlessBlocked(changes, obstacles(spec, state), effects), noteOf(changes));
}

function decideAbsent({ name }: UserSpec, { local, known }: AccountState): Finding {
  if (!local) return known ? notLocal(name) : ok;
  const change: Change = {
    aspect: 'user',
    summary: `remove (uid ${local.uid})`,
    whole: true,
    actions: [{ exec: ['userdel', name] }],
  };
  return { status: 'change', changes: [change], note: `its home ${local.home} stays` };
}

/** One of a directory service: usermod cannot change it. */
function notLocal(name: string): Finding {
  return blocked(
    `the user ${name} does not come from /etc/passwd`,
    'It can only be changed where it comes from: see `passwd` in /etc/nsswitch.conf.',
  );
}

function obstacles(spec: UserSpec, state: AccountState): Precondition[] {
  const wanted = [...(spec.group === undefined ? [] : [spec.group]), ...(spec.groups ?? [])];
  const missing = [...new Set(wanted)].filter((name) => !state.groups.some((group) => group.name === name));
  return [...uidTaken(spec, state), ...missing.map(missingGroup), ...missingShell(spec, state)];
}

function uidTaken({ name, uid }: UserSpec, { holder }: AccountState): Precondition[] {
  if (!holder || holder.name === name) return [];
  const reason = `uid ${uid} belongs to the user ${holder.name}`;
  return [{ reason, advice: 'Take another `uid`, or leave it out.', later: reason }];
}

function missingGroup(name: string): Precondition {
  return {
    reason: `there is no group ${name} in /etc/group`,
    advice: `Put group({ name: '${name}' }) before this step.`,
    later: `the group ${name} is not there yet`,
  };
}

function missingShell({ shell }: UserSpec, { hasShell }: AccountState): Precondition[] {
  if (hasShell || shell === undefined) return [];
  const advice = 'Check the path, or put the step that brings it before this one.';
  return [{ reason: `there is no shell ${shell}`, advice, path: shell, later: `${shell} is not there yet` }];
}

const NOTES: Readonly<Record<string, string>> = {
  uid: 'files outside of the home keep the old uid',
  home: 'what lies in the old home stays there',
};

function noteOf(changes: readonly Change[]): string | undefined {
  const notes = changes.map(({ aspect }) => NOTES[aspect]).filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : notes.join('; ');
}

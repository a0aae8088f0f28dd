import {
  type Action,
  blocked,
  type Change,
  defineResource,
  type Finding,
  ok,
  type PredictedEffects,
  type Reader,
} from '../model/index.ts';
import { addNote } from './accounts/account-fields.ts';
import { type GroupEntry, localGroups, readHash, readUser, type UserEntry } from './accounts/databases.ts';
import { type UserSpec, userSpec } from './accounts/user-spec.ts';
import { type Precondition, unlessBlocked } from './files/precondition.ts';

/**
 * Ensures that a user is there with these fields, or is not there. Fields that are left out are left as they are.
 *
 * - `name`: of the user.
 * - `uid`: its number. Default: what useradd chooses.
 * - `group`: the primary group. Default: a group of the user's name, which useradd makes.
 * - `groups`: supplementary groups. The user keeps others, too; with `exclusive: true` it is in these and no others.
 * - `home`: default `/home/NAME`. It is made together with the user, but not for a `system` user; use `directory` there.
 *   Another home for a user that is there is only written down: nothing is made or moved.
 * - `shell`: default: the host's (see `useradd -D`). It must be on the host, or come by an earlier step.
 * - `comment`: the full name. Default: none.
 * - `system`: a new user gets a uid of the range for the system. Default `false`.
 * - `password`: a secret that holds a hash of crypt(3), as `openssl passwd -6` makes it; `!` locks the password. It
 *   reaches the host by stdin of chpasswd, and is never shown. Default: a new user has none, and logs in by key only.
 * - `state`: `present` or `absent`. Default `present`. With `absent` only the name counts; the home stays.
 *
 * Blocked: a uid that somebody else has, a group or shell that is not there and no earlier step can bring, a user to
 * change that does not come from /etc/passwd. userdel and `usermod -u` fail for a user who is logged in.
 *
 * See useradd(8), usermod(8), userdel(8), chpasswd(8).
 *
 *     user({ name: 'joe', groups: ['wheel'], shell: '/bin/bash', password: secret('JOE_HASH') })
 */
export const user = defineResource({
  kind: 'user',
  schema: userSpec,
  name: ({ name }) => name,
  manages: ({ name }) => [`user:${name}`],
  read: readAccount,
  diff: decideUser,
  effects({ home, system, state }, { known }, finding) {
    const made = finding.status === 'change' && state === 'present' && !known && !system;
    return made && home !== undefined ? { appears: [home] } : {};
  },
});

function decideUser(spec: UserSpec, state: AccountState, effects: PredictedEffects): Finding {
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

/** What differs of a user that is there. */
function userChanges(spec: UserSpec, user: UserEntry, state: AccountState): Change[] {
  return [
    ...fieldChange(spec, 'uid', '-u', user.uid, spec.uid),
    ...fieldChange(spec, 'group', '-g', groupName(user.gid, state), spec.group),
    ...groupChanges(spec, state),
    ...fieldChange(spec, 'home', '-d', user.home, spec.home),
    ...fieldChange(spec, 'shell', '-s', user.shell, spec.shell),
    ...fieldChange(spec, 'comment', '-c', user.comment, spec.comment),
    ...passwordChange(spec, state),
  ];
}

type Value = string | number;

function fieldChange(
  { name }: UserSpec,
  aspect: string,
  flag: string,
  now: Value,
  wanted: Value | undefined,
): Change[] {
  if (wanted === undefined || wanted === now) return [];
  const shown = (value: Value) => (value === '' ? '(none)' : value);
  const summary = `${aspect} ${shown(now)} → ${shown(wanted)}`;
  return [{ aspect, summary, actions: [{ exec: ['usermod', flag, String(wanted), name] }] }];
}

function groupName(gid: number, { groups }: AccountState): string {
  return groups.find((group) => group.gid === gid)?.name ?? String(gid);
}

function groupChanges({ name, groups: wanted, exclusive }: UserSpec, { groups }: AccountState): Change[] {
  if (wanted === undefined) return [];
  const now = groups.filter(({ members }) => members.includes(name)).map((group) => group.name);
  const joins = wanted.filter((group) => !now.includes(group));
  const leaves = exclusive ? now.filter((group) => !wanted.includes(group)) : [];
  if (joins.length === 0 && leaves.length === 0) return [];
  const words = exclusive ? ['-G', wanted.join(',')] : ['-aG', joins.join(',')];
  const signed = [...joins.map((group) => `+${group}`), ...leaves.map((group) => `−${group}`)];
  return [
    {
      aspect: 'groups',
      summary: `groups ${signed.join(' ')}`,
      actions: [{ exec: ['usermod', ...words, name] }],
    },
  ];
}

function passwordChange(spec: UserSpec, { hash }: AccountState): Change[] {
  if (!spec.password || spec.password.reveal() === hash) return [];
  return [{ aspect: 'password', summary: 'password: another hash', actions: setPassword(spec) }];
}

function createUser(spec: UserSpec, state: AccountState): Change {
  const shown = [
    spec.uid === undefined ? '' : `uid ${spec.uid}`,
    spec.group === undefined ? '' : `group ${spec.group}`,
    spec.groups?.length ? `groups ${spec.groups.join(',')}` : '',
    spec.home === undefined ? '' : `home ${spec.home}`,
    spec.shell === undefined ? '' : `shell ${spec.shell}`,
    spec.password ? 'with its password' : '',
  ].filter(Boolean);
  return {
    aspect: 'user',
    summary: [spec.system ? 'create, a system user' : 'create', ...shown].join(', '),
    whole: true,
    actions: [{ exec: ['useradd', ...splitShellWords(spec, state), spec.name] }, ...setPassword(spec)],
  };
}

function splitShellWords(spec: UserSpec, { groups }: AccountState): string[] {
  // useradd refuses to make a group that is there already.
  const group = spec.group ?? groups.find(({ name }) => name === spec.name)?.name;
  return [
    ...(spec.system ? ['-r', '-M'] : ['-m']),
    ...option('-u', spec.uid),
    ...option('-g', group),
    ...option('-G', spec.groups?.length ? spec.groups.join(',') : undefined),
    ...option('-d', spec.home),
    ...option('-s', spec.shell),
    ...option('-c', spec.comment),
  ];
}

function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

/** By stdin: a command line can be seen by everybody on the host. */
function setPassword({ name, password }: UserSpec): Action[] {
  if (!password) return [];
  return [{ exec: ['chpasswd', '-e'], stdin: `${name}:${password.reveal()}\n` }];
}

interface AccountState {
  readonly local: UserEntry | undefined;
  /** As the host knows it, from whatever source. */
  readonly known: UserEntry | undefined;
  readonly groups: readonly GroupEntry[];
  /** Who has the uid that is asked for. */
  readonly holder: UserEntry | undefined;
  readonly hasShell: boolean;
  /** Only read where a password is asked for. */
  readonly hash: string | undefined;
}

async function readAccount({ name, uid, shell, password }: UserSpec, host: Reader): Promise<AccountState> {
  const [local, known, groups, holder, program, hash] = await Promise.all([
    readUser(host, 'files', name),
    readUser(host, 'all', name),
    localGroups(host),
    uid === undefined ? undefined : readUser(host, 'all', String(uid)),
    shell === undefined ? undefined : host.file(shell),
    password === undefined ? undefined : readHash(host, name),
  ]);
  return { local, known, groups, holder, hasShell: program?.exists ?? true, hash };
}

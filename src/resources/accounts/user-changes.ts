import type { Change } from '../../model/index.ts';
import { setPassword } from './create-user.ts';
import type { UserEntry } from './databases.ts';
import type { AccountState } from './read-account.ts';
import type { UserSpec } from './user-spec.ts';

/** What differs of a user that is there. */
export function userChanges(spec: UserSpec, user: UserEntry, state: AccountState): Change[] {
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

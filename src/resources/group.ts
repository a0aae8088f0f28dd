import { z } from 'zod';
import {
  blocked,
  type Change,
  type Command,
  defineResource,
  type Finding,
  ok,
  type PredictedEffects,
} from '../model/index.ts';
import { addNote, id, newName, state } from './accounts/account-fields.ts';
import { type GroupEntry, localGroups, localUsers, readGroup, type UserEntry } from './accounts/databases.ts';
import { type Precondition, unlessBlocked } from './files/precondition.ts';

const schema = z.strictObject({
  name: newName,
  gid: id.optional(),
  system: z.boolean().default(false),
  state,
});

/**
 * Ensures that a group is there, or is not. Its members are named by the `user` steps.
 *
 * - `name`: of the group.
 * - `gid`: its number. Default: what groupadd chooses; one that is there keeps its own.
 * - `system`: a new group gets a number of the range for the system. Default `false`.
 * - `state`: `present` or `absent`. Default `present`.
 *
 * Another `gid` changes the group alone: files keep the old number, as plan notes. Blocked: a `gid` that another group
 * has, a group to remove that is the primary group of a user, one to change that does not come from /etc/group.
 *
 * See groupadd(8), groupmod(8), groupdel(8).
 *
 *     group({ name: 'deploy', gid: 2000 })
 */
export const group = defineResource({
  kind: 'group',
  schema,
  name: ({ name }) => name,
  manages: ({ name }) => [`group:${name}`],
  async read({ name }, host) {
    const [groups, known, users] = await Promise.all([
      localGroups(host),
      readGroup(host, 'all', name),
      localUsers(host),
    ]);
    return { groups, known, users };
  },
  diff: decideGroup,
});

interface GroupSpec {
  readonly name: string;
  readonly gid?: number | undefined;
  readonly system: boolean;
  readonly state: 'present' | 'absent';
}

interface GroupState {
  readonly groups: readonly GroupEntry[];
  /** As the host knows it, from whatever source. */
  readonly known: GroupEntry | undefined;
  readonly users: readonly UserEntry[];
}

function decideGroup(spec: GroupSpec, state: GroupState, effects: PredictedEffects): Finding {
  const local = state.groups.find(({ name }) => name === spec.name);
  if (!local && state.known) return elsewhere(spec, state.known);
  if (spec.state === 'absent') return local ? removal(local, state, effects) : ok;
  const changes = local ? gidChanges(spec, local) : [creation(spec)];
  const finding = unlessBlocked(changes, gidTaken(spec, state), effects);
  return local ? addNote(finding, 'files keep the old gid') : finding;
}

/** One of a directory service: groupmod cannot change it. */
function elsewhere({ name, gid, state }: GroupSpec, known: GroupEntry): Finding {
  if (state === 'present' && (gid === undefined || gid === known.gid)) return ok;
  return blocked(
    `the group ${name} (gid ${known.gid}) does not come from /etc/group`,
    'It can only be changed where it comes from: see `group` in /etc/nsswitch.conf.',
  );
}

function creation({ name, gid, system }: GroupSpec): Change {
  const words = [...(system ? ['-r'] : []), ...(gid === undefined ? [] : ['-g', String(gid)])];
  const how = [system ? ', a system group' : '', gid === undefined ? '' : `, gid ${gid}`].join('');
  return {
    aspect: 'group',
    summary: `create${how}`,
    whole: true,
    actions: [{ exec: ['groupadd', ...words, name] }],
  };
}

function gidChanges({ name, gid }: GroupSpec, local: GroupEntry): Change[] {
  if (gid === undefined || gid === local.gid) return [];
  const exec: Command = ['groupmod', '-g', String(gid), name];
  return [{ aspect: 'gid', summary: `gid ${local.gid} → ${gid}`, actions: [{ exec }] }];
}

function gidTaken({ name, gid }: GroupSpec, { groups }: GroupState): Precondition[] {
  const holder = groups.find((group) => group.gid === gid && group.name !== name);
  if (!holder) return [];
  const reason = `gid ${gid} belongs to the group ${holder.name}`;
  return [{ reason, advice: 'Take another `gid`, or leave it out.', later: reason }];
}

function removal({ name, gid }: GroupEntry, { users }: GroupState, effects: PredictedEffects): Finding {
  const change: Change = {
    aspect: 'group',
    summary: `remove (gid ${gid})`,
    whole: true,
    actions: [{ exec: ['groupdel', name] }],
  };
  const having = users.filter((user) => user.gid === gid).map((user) => user.name);
  const reason = `it is the primary group of ${having.join(', ')}`;
  const advice = 'Remove these users, or give them another `group`, in a step before this one.';
  return unlessBlocked([change], having.length === 0 ? [] : [{ reason, advice, later: reason }], effects);
}

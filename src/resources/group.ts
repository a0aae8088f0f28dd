import { z } from 'zod';
import { defineResource } from '../model/index.ts';
import { id, newName, state } from './accounts/account-fields.ts';
import { localGroups, localUsers, readGroup } from './accounts/databases.ts';
import { decideGroup } from './accounts/decide-group.ts';

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

import { defineResource } from '../model/index.ts';
import { decideUser } from './accounts/decide-user.ts';
import { readAccount } from './accounts/read-account.ts';
import { userSpec } from './accounts/user-spec.ts';

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

import { defineResource } from '../model/index.ts';
import { decideKeys } from './authorized-key/decide.ts';
import { keySpec } from './authorized-key/key-spec.ts';
import { describeKey } from './authorized-key/public-key.ts';
import { readKeys } from './authorized-key/read-keys.ts';

/**
 * Ensures that public keys may, or may not, log in as a user by ~/.ssh/authorized_keys, that .ssh (0700) and the file
 * (0600) belong to that user, and that both have their SELinux labels. Other lines of the file stay as they are.
 *
 * - `user`: whose keys they are; see `user` to make one.
 * - `key`: a line as of an id_ed25519.pub, or a list of them. It may begin with options such as `restrict`. Keys are told
 *   apart by their type and data: a comment is only written with a new key, and so are options, unless they are given:
 *   then the line of the key gets these.
 * - `state`: `present` or `absent`. Default `present`.
 * - `exclusive`: these keys and no others; comments stay. All keys of the user go into this one step. Default `false`.
 *
 * Everything in the home is written as the user, never as root, and the file lands whole or not at all. Blocked: a
 * symlink, or whatever else is no directory or file, in the place of either; a user or home that no earlier step can
 * bring; a home that is neither the user's nor root's, as sshd would trust no keys there; a home outside /home where
 * SELinux enforces a policy by which sshd may not read keys there: a `selinuxContext` step before this one allows it.
 *
 * See sshd(8), AUTHORIZED_KEYS FILE FORMAT.
 *
 *     authorizedKey({ user: 'joe', key: 'ssh-ed25519 AAAAC3Nza… joe@laptop' })
 */
export const authorizedKey = defineResource({
  kind: 'authorizedKey',
  schema: keySpec,
  name({ user, key }) {
    const [first, ...others] = key;
    const one = first?.comment || (first ? describeKey(first) : '');
    return `${user}: ${others.length === 0 ? one : `${key.length} keys`}`;
  },
  manages: ({ user, key, exclusive }) => [
    ...key.map(({ type, blob }) => `authorizedKey:${user}:${type} ${blob}`),
    ...(exclusive ? [`authorizedKeys:${user}`] : []),
  ],
  read: ({ user }, host) => readKeys(user, host),
  diff: decideKeys,
});

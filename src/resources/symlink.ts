import { z } from 'zod';
import { defineResource } from '../model/index.ts';
import { accountName, attributeFields, lookAtAttributes, selinuxContext } from './files/attributes.ts';
import { diffSymlink } from './symlink/decide.ts';

const schema = z.strictObject({
  path: attributeFields('0777').path,
  target: z
    .string()
    .regex(/^[^\p{Cc}]+$/u, 'expected a path, absolute or relative to the folder of the link'),
  owner: accountName.optional(),
  group: accountName.optional(),
  context: selinuxContext.optional(),
});

/**
 * Ensures that a symbolic link exists and points to this target. It is replaced at once: there is no moment
 * without one. The target itself is neither looked at nor needed.
 *
 * - `path`: of the link, absolute. The directory that it lies in must exist, or be another step before it.
 * - `target`: what it points to, as it is written into the link: absolute, or relative to the link's folder.
 * - `owner`, `group`: names, of the link itself. Default: a new link is root's, one that stands there is left as it is.
 * - `context`: the SELinux type or whole context of the link itself. Default: what the policy has for a link of this path.
 *
 * Blocked: a file or directory in the way (nothing but a symlink is ever replaced), a missing folder, user or group
 * that no earlier step can bring; a symlink on the way as for `file`. See ln(1), symlink(7).
 *
 *     symlink({ path: '/srv/app/current', target: 'releases/42' })
 */
export const symlink = defineResource({
  kind: 'symlink',
  schema,
  name: ({ path }) => path,
  manages: ({ path }) => [`file:${path}`],
  read: ({ path, owner = 'root', group = 'root', context }, host) =>
    lookAtAttributes({ path, mode: '0777', owner, group, context }, host),
  diff: diffSymlink,
  effects({ path }, { file }, finding) {
    if (finding.status !== 'change') return {};
    if (!file.exists) return { appears: [path], changes: [path] };
    return finding.changes.some(({ aspect }) => aspect === 'target') ? { changes: [path] } : {};
  },
});

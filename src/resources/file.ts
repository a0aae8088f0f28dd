import { resolve } from 'node:path';
import { z } from 'zod';
import { defineResource, type Project, Secret } from '../model/index.ts';
import { fileFields } from './files/file-fields.ts';
import { fromLaptop } from './files/from-laptop.ts';
import {
  diffManagedFile,
  type ManagedFile,
  type ManagedFileState,
  managedFileEffects,
  readManagedFile,
} from './files/managed-file.ts';

const schema = z
  .strictObject({
    ...fileFields,
    content: z
      .union([z.string(), z.instanceof(Secret)], 'expected a text or a secret')
      .refine((content) => content instanceof Secret || !content.includes('[secret]'), {
        message: 'a secret was put into a text, where it prints as [secret]: use a template, or reveal()',
      })
      .optional(),
    source: z.string().min(1).optional(),
  })
  .refine(({ content, source }) => (content === undefined) !== (source === undefined), {
    message: 'expected either `content` or `source`',
  });

/**
 * Ensures that a file exists with this content, mode, owner, group and SELinux label. It lands whole or not at all, and
 * at once; a symlink in its place is replaced, which plan says. Its folder must exist (see `directory`).
 *
 * - `path`: absolute.
 * - `content`: its text, or a `secret(…)`. Or `source`: a file on the laptop, relative to the project's root.
 * - `mode`: four octal digits in quotes. Default `'0644'`.
 * - `owner`, `group`: names. Default `root`.
 * - `context`: its SELinux type, such as `etc_t`, or whole context. Default: what the policy has for a file of this
 *   path (see `selinuxContext` to change that).
 * - `validate`: a command that must exit 0 on the new file before it lands, with `%s` for its path. It is asked
 *   at plan time too, on the host, about a copy of the same name in /run/trueup.
 * - `backup`: keeps the file that is replaced as /var/lib/trueup/backups/PATH/TIME-ID, which only root can read. The newest
 *   ten of a path are kept. Default `false`.
 * - `sensitive`: no output shows the content, neither the old nor the new one; plan shows that it changes, with sizes.
 *   Default `false`.
 *
 * Blocked: a directory in the way, a missing folder, user or group that no earlier step can bring, a validator
 * that fails; a symlink on the way that another user of the host can redirect, to a folder that this user may not write to. See chmod(1), chown(1).
 *
 *     file({ path: '/etc/rsyslog.d/haproxy.conf', content: 'local2.* /var/log/haproxy.log\n' })
 *     file({ path: '/etc/sudoers.d/ops', source: 'files/ops', mode: '0440', validate: ['visudo', '-cf', '%s'] })
 */
export const file = defineResource<typeof schema, ManagedFileState, ManagedFile>({
  kind: 'file',
  schema,
  name: ({ path }) => path,
  manages: ({ path }) => [`file:${path}`],
  prepare: async (spec, project) => ({ ...spec, content: await contentOf(spec, project) }),
  read: readManagedFile,
  diff: diffManagedFile,
  effects: managedFileEffects,
});

async function contentOf({ content, source }: z.output<typeof schema>, { root }: Project): Promise<Buffer> {
  if (source !== undefined) return fromLaptop(resolve(root, source));
  return Buffer.from(content instanceof Secret ? content.reveal() : (content ?? ''));
}

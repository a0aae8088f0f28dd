import { z } from 'zod';
import { blocked, type Change, defineResource, type Finding, type PredictedEffects } from '../model/index.ts';
import {
  type AttributeState,
  type Attributes,
  attributeChanges,
  attributeFields,
  lookAtAttributes,
  missingAround,
} from './files/attributes.ts';
import { makeDirectory } from './files/make-directory.ts';
import { unlessBlocked } from './files/precondition.ts';

const schema = z.strictObject(attributeFields('0755'));

/**
 * Ensures that a directory exists with this mode, owner, group and SELinux label. What is in it is left alone.
 *
 * - `path`: absolute. The directory that it lies in must exist, or be another step before it.
 * - `mode`: four octal digits in quotes. Default `'0755'`.
 * - `owner`, `group`: names. Default `root`.
 * - `context`: its SELinux type, such as `httpd_sys_content_t`, or whole context. Default: what the policy has for a
 *   directory of this path (see `selinuxContext` to change that).
 *
 * Blocked: anything else of that name in the way (a symlink too), a missing parent, user or group that no
 * earlier step can bring; a symlink on the way as for `file`. See install(1).
 *
 *     directory({ path: '/srv/www', mode: '0750', group: 'nginx' })
 */
export const directory = defineResource<typeof schema, AttributeState>({
  kind: 'directory',
  schema,
  name: ({ path }) => path,
  manages: ({ path }) => [`file:${path}`],
  read: lookAtAttributes,
  diff,
  effects({ path }, { file }, finding) {
    if (finding.status !== 'change') return {};
    return file.exists ? { touches: [path] } : { appears: [path] };
  },
});

function diff(spec: Attributes, state: AttributeState, effects: PredictedEffects): Finding {
  const { file } = state;
  if (file.exists && file.type !== 'directory') {
    const what = file.type === 'symlink' ? `a symlink to ${file.target}` : 'not a directory';
    return blocked(
      `${spec.path} is ${what}`,
      'Nothing is removed to make way for a directory: do it by hand.',
    );
  }
  const changes = file.exists
    ? attributeChanges(spec, file, { kind: 'dir', written: false, effects })
    : [creation(spec, effects)];
  return unlessBlocked(changes, missingAround(spec, state), effects);
}

function creation({ path, mode, owner, group, context }: Attributes, effects: PredictedEffects): Change {
  const brought = effects.appears(path);
  const verb = brought?.certain ? `set on what ${brought.step} brings` : 'create';
  return {
    aspect: 'directory',
    summary: `${verb}, ${mode} ${owner}:${group}`,
    whole: true,
    actions: [makeDirectory({ path, mode, owner, group, context })],
  };
}

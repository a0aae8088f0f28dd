import { defineResource } from '../model/index.ts';
import { decideContext } from './selinux-context/decide.ts';
import { readContext } from './selinux-context/probe.ts';
import { type ContextSpec, contextSpec, escaped } from './selinux-context/spec.ts';

/**
 * Ensures that the SELinux policy has a local rule for the labels of files, and relabels the files when the rule changes.
 *
 * Fields:
 * - `pattern` (required): an extended regular expression that matches whole paths, such as `'/srv/www(/.*)?'`. With `equals`, a
 *   plain path.
 * - `type` or `equals` (exactly one): the type of matching files, such as `httpd_sys_content_t`; or another path, such as
 *   `/home`, below which files have the labels that those below `pattern` get, too.
 * - `files`: which of the matching files: `all`, `file`, `directory`, `symlink`, `socket`, `pipe`, `block` or `character`. Default
 *   `all`. Not with `equals`.
 * - `restore`: `true` runs `restorecon -R` on what exists below the literal beginning of the pattern after the rule was added or
 *   changed. `false` only adds the rule: what exists keeps its labels. Default `true`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * Only the rule is compared. A file whose label was changed by hand (chcon) is not found by this step. If a run ends between the rule
 * and the relabelling, a marker below /var/lib/trueup keeps it in the plan. Put the step before those that create the files.
 *
 * The step is blocked if the policy has no such type, if the pattern is below a path that the policy treats as another one
 * (`/usr/lib64` as `/usr/lib`; the message names the right path), and if semanage is missing (package
 * policycoreutils-python-utils, on EL 7 policycoreutils-python), unless an earlier step may bring the type or the tool. Adding a rule
 * takes two to four seconds.
 *
 * See semanage-fcontext(8), restorecon(8), file_contexts(5).
 *
 * @example
 * selinuxContext({ pattern: '/srv/www(/.*)?', type: 'httpd_sys_content_t' })
 * @example
 * selinuxContext({ pattern: '/srv/deploy', equals: '/home' })
 */
export const selinuxContext = defineResource({
  kind: 'selinuxContext',
  schema: contextSpec,
  name: nameOf,
  manages: (spec) => [`selinuxContext:${nameOf(spec)}`],
  read: readContext,
  diff: decideContext,
  effects({ pattern, type, restore }, _state, finding) {
    if (finding.status !== 'change' && finding.status !== 'unknown') return {};
    const rule = type === undefined ? { pattern: `${escaped(pattern)}(/.*)?` } : { pattern, type };
    return { labels: [{ ...rule, restored: restore }] };
  },
});

function nameOf({ pattern, files }: ContextSpec): string {
  return files === 'all' ? pattern : `${pattern} (${files})`;
}

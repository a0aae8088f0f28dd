import { defineResource } from '../model/index.ts';
import { decideModule } from './selinux-module/decide.ts';
import { prepareModule } from './selinux-module/prepare.ts';
import { moduleFolder, readModule } from './selinux-module/probe.ts';
import { moduleSpec } from './selinux-module/spec.ts';

/**
 * Ensures that a policy module of the project is installed in the SELinux policy, or is not.
 *
 * Fields:
 * - `name` (required): the name of the module, as `semodule -l` prints it.
 * - `source` (required unless absent): a file of the project, relative to its root. `.cil` (Common Intermediate Language) and `.pp`
 *   (a compiled package) are installed as they are. `.te` is compiled on the host with checkmodule and semodule_package; it begins
 *   with `module NAME VERSION;`, and macros such as `policy_module()` are not available.
 * - `state`: `present` or `absent`. Default `present`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * The module is installed with priority 400, above the modules of the distribution. The host keeps the checksum of the source and
 * of what was installed from it (/var/lib/trueup/selinux-modules/NAME), since the compiled form cannot be compared with the source. A module that was
 * installed otherwise, or changed since, is replaced. A module that was turned off (`semodule -d`) is turned on. Installing a module relabels
 * no files and restarts no services, and takes about ten seconds.
 *
 * The step is blocked if semodule (package policycoreutils) or, for `.te`, checkmodule (package checkpolicy) is missing and no earlier step may
 * bring it. A source whose module has another name is refused before any host is touched. Errors of the compiler fail the step.
 *
 * See semodule(8), checkmodule(8), semodule_package(8).
 *
 * @example
 * selinuxModule({ name: 'haproxy_stats', source: 'policy/haproxy_stats.te' })
 * @example
 * selinuxModule({ name: 'old_rules', state: 'absent' })
 */
export const selinuxModule = defineResource({
  kind: 'selinuxModule',
  schema: moduleSpec,
  name: ({ name }) => name,
  manages: ({ name }) => [`selinuxModule:${name}`],
  prepare: prepareModule,
  read: ({ spec }, host) => readModule(spec.name, host),
  diff: decideModule,
  // Types and booleans: steps that miss one ask whether a module appears in the store.
  effects({ spec }, state, finding) {
    if (!state || finding.status === 'ok' || spec.state === 'absent') return {};
    return { appears: [moduleFolder(state.store, spec.name)] };
  },
});

import { defineResource } from '../model/index.ts';
import { decideMode } from './selinux-mode/decide.ts';
import { CONFIG, readMode } from './selinux-mode/probe.ts';
import { modeSpec } from './selinux-mode/spec.ts';

/**
 * Ensures that SELinux is enforcing, permissive or disabled, now and after each boot.
 *
 * The running mode and the one saved in /etc/selinux/config are compared, and changed, each on its own. The rest of that file stays as it is.
 *
 * Fields:
 * - `mode` (required): `enforcing`, `permissive` or `disabled`.
 * - `required`: what to do while the mode is saved but does not take effect. `false` reports the step as skipped, with the reason,
 *   and the steps after it go on. `true` blocks it. Default `false`.
 *
 * Between enforcing and permissive a host changes at once. A host that becomes enforcing becomes permissive again unless a
 * new connection succeeds right after the change; only then the mode is saved.
 *
 * From and to disabled the mode is saved only, and takes effect with a reboot, which is up to you. A host that was disabled has files
 * without labels: it relabels all of them while it boots (/.autorelabel), which can take many minutes. Boot it as permissive first,
 * look at the denials, and make it enforcing then. EL 9 and later no longer disable SELinux completely by this file: add `selinux=0` to
 * the kernel's command line (grubby(8)).
 *
 * The words `selinux=0`, `enforcing=0` and `enforcing=1` of the kernel's command line override the file. The step says so, and does
 * not change the command line.
 *
 * The step is blocked if a disabled host has no policy (package selinux-policy-targeted) and no earlier step may bring it: the host
 * would not boot.
 *
 * See selinux(8), setenforce(8), selinux_config(5).
 *
 * @example
 * selinuxMode({ mode: 'enforcing' })
 */
export const selinuxMode = defineResource({
  kind: 'selinuxMode',
  schema: modeSpec,
  name: ({ mode }) => mode,
  manages: () => ['selinuxMode', `file:${CONFIG}`],
  read: (_spec, host) => readMode(host),
  diff: decideMode,
  effects(_spec, _state, finding) {
    const saved = finding.status === 'change' && finding.changes.some(({ aspect }) => aspect === 'saved');
    return saved ? { changes: [CONFIG] } : {};
  },
});

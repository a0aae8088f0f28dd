import { defineResource } from '../model/index.ts';
import { bootFile } from './kernel-module/boot-file.ts';
import { decideModule } from './kernel-module/decide.ts';
import { kernelModuleSpec } from './kernel-module/kernel-module-spec.ts';
import { readModule } from './kernel-module/read-module.ts';

/**
 * Ensures that a module of the kernel is loaded, now and after each boot.
 *
 * - `name`: as lsmod(8) prints it, such as `ip_vs`; `-` and `_` are the same.
 *
 * Loading it and the file that loads it at boot, /etc/modules-load.d/NAME.conf (root, 0644, owned as a whole), are looked
 * at, and changed, each on its own. What is built into the kernel needs neither. Nothing is ever unloaded.
 *
 * It is blocked where the running kernel has no such module: so put it first among the steps of a play, and a host that
 * cannot do its work is told in plan, before anything there is touched. Where an earlier step may bring the module, it is
 * unknown until then. It is blocked too where a file in modprobe.d(5) forbids to load it.
 *
 * See modprobe(8), modules-load.d(5).
 *
 *     kernelModule({ name: 'ip_vs' })
 */
export const kernelModule = defineResource({
  kind: 'kernelModule',
  schema: kernelModuleSpec,
  name: ({ name }) => name,
  manages: ({ name }) => [`module:${name}`, `file:${bootFile(name).path}`],
  read: ({ name }, host) => readModule(name, host),
  diff: ({ name }, state, effects) => decideModule(name, state, effects),
  effects({ name }, { running }, finding) {
    if (finding.status === 'ok') return {};
    const { path } = bootFile(name);
    // What else a module brings, such as parameters in /proc/sys, cannot be asked.
    const loads = running.is !== 'loaded';
    return {
      appears: loads ? [path, `/sys/module/${name}`] : [path],
      changes: [path],
      ...(loads ? { more: true } : {}),
    };
  },
});

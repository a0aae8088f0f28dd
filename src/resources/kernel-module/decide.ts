import {
  blocked,
  type Change,
  differs,
  type Finding,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { diffManagedFile } from '../files/managed-file.ts';
import { bootFile } from './boot-file.ts';
import type { ModuleState } from './read-module.ts';

export function decideModule(name: string, state: ModuleState, effects: PredictedEffects): Finding {
  const { running } = state;
  if (running.is === 'built in') return differs([]);
  if (running.is === 'absent' || running.is === 'nobody can tell') return missing(name, state, effects);
  if (running.is === 'forbidden') return forbidden(name, running.rule, effects);
  const file = diffManagedFile(bootFile(name), state.file, effects);
  if (file.status === 'blocked' || file.status === 'unknown') return file;
  const load = running.is === 'loaded' ? [] : [loading(name)];
  return differs([...load, ...(file.status === 'change' ? atBoot(name, file.changes) : [])]);
}

function loading(name: string): Change {
  return { aspect: 'loaded', summary: 'load it', actions: [{ exec: ['modprobe', name] }] };
}

function atBoot(name: string, changes: readonly Change[]): Change[] {
  const { path } = bootFile(name);
  return changes.map((change) => ({ ...change, summary: `${path}, for each boot: ${change.summary}` }));
}

function missing(name: string, { kernel, running }: ModuleState, effects: PredictedEffects): Finding {
  const soon =
    running.is === 'nobody can tell'
      ? effects.command('modprobe')
      : (effects.below('/lib/modules') ?? effects.below('/usr/lib/modules'));
  if (soon) return unknown(soon.step, `it may bring the module ${name}`);
  if (running.is === 'nobody can tell')
    return blocked(`whether the kernel has the module ${name} cannot be told: modprobe is missing`, KMOD);
  const reason = `the running kernel, ${kernel}, has no module ${name}`;
  return running.is === 'absent' && running.anyModules
    ? blocked(reason, `${WRONG_NAME} ${MORE_MODULES}`)
    : blocked(`${reason}: it has no /lib/modules/${kernel} at all`, NO_MODULES);
}

const KMOD = "Install the package kmod: yumPackage({ names: ['kmod'] }) before this step.";
const WRONG_NAME = 'Look whether the name is right (modprobe -n -v NAME).';
const MORE_MODULES = 'On EL some are in the packages kernel-modules and kernel-modules-extra.';
const NO_MODULES =
  'If a newer kernel was installed, reboot into it. A container has the kernel of its machine: load it there.';

function forbidden(name: string, rule: string, effects: PredictedEffects): Finding {
  const reason = `/etc/modprobe.d forbids the module ${name}: ${rule.replace(/^install /, 'it runs ')} instead`;
  const soon = effects.below('/etc/modprobe.d');
  if (soon) return unknown(soon.step, `as it is now, ${reason}`);
  return blocked(reason, `Take the line \`install ${name} …\` out there, if the host is meant to have it.`);
}

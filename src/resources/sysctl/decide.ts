import {
  blocked,
  type Change,
  differs,
  type Finding,
  type PredictedEffects,
  type Prediction,
  unknown,
} from '../../model/index.ts';
import { decideFile, whyNoFile } from './decide-file.ts';
import { overruled } from './overruled.ts';
import type { SysctlState } from './read-settings.ts';
import type { Setting } from './setting.ts';
import type { SysctlSpec } from './sysctl-spec.ts';

export function decideSettings(spec: SysctlSpec, state: SysctlState, effects: PredictedEffects): Finding {
  const missing = spec.settings.filter(({ path }) => state.running.get(path) === 'missing');
  const soon = (one: Setting) => effects.appears(`/proc/sys/${one.path}`);
  const never = missing.filter((one) => !soon(one));
  if (never.length > 0) return noSuchKeys(never);
  const perhaps = missing.map(soon).find((prediction) => prediction?.certain === false);
  if (perhaps) return unknown(perhaps.step, `it may bring ${missing.map(({ key }) => key).join(', ')}`);
  const refusal = refuse(spec, state, effects);
  if (refusal) return refusal;
  return differs([
    ...spec.settings.flatMap((one) => decideRunning(one, state, soon(one))),
    ...decideFile(spec, state, effects),
  ]);
}

function noSuchKeys(settings: readonly Setting[]): Finding {
  return blocked(
    `the host's kernel has no ${settings.map(({ key }) => key).join(', ')}`,
    'Check the name; if it belongs to a module, load that first, with a kernelModule step.',
  );
}

function refuse(
  { settings, file }: SysctlSpec,
  state: SysctlState,
  effects: PredictedEffects,
): Finding | undefined {
  const unreadable = settings.find(({ path }) => state.running.get(path) === 'unreadable');
  if (unreadable) return blocked(`${unreadable.key} can only be written: nobody can tell what it is set to`);
  const noFile = whyNoFile(file, state.file);
  if (noFile !== undefined) return blocked(noFile);
  const [other] = overruled(settings, file, state.bootFiles);
  if (!other) return undefined;
  const reason = `at the next boot ${other.file} sets ${other.setting.key} to ${other.value}, after ${file}`;
  const soon = effects.below(other.file);
  if (soon) return unknown(soon.step, `as it is now, ${reason}`);
  return blocked(reason, 'Remove that line there, or give a `file` whose name comes later.');
}

function decideRunning(
  { key, path, value }: Setting,
  { running }: SysctlState,
  soon: Prediction | undefined,
): Change[] {
  const now = running.get(path);
  const current = typeof now === 'object' ? now.value : undefined;
  if (current === value) return [];
  const summary =
    current === undefined
      ? `${key} → ${value}, once ${soon?.step} has brought it`
      : `${key} ${current} → ${value}`;
  return [{ aspect: key, summary, actions: [{ exec: ['sysctl', '-w', `${key}=${value}`] }] }];
}

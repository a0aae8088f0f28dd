import { type Change, differs, type Finding, type PredictedEffects } from '../../model/index.ts';
import { decideEnablement } from './decide-enablement.ts';
import { decideMissing } from './decide-missing.ts';
import { decideRunning } from './decide-running.ts';
import { refuse } from './refuse.ts';
import type { SystemdServiceSpec } from './service-spec.ts';
import { dropInNames } from './unit-name.ts';
import type { UnitState } from './unit-state.ts';

export function decideService(
  spec: SystemdServiceSpec,
  state: UnitState,
  effects: PredictedEffects,
): Finding {
  if (state.load === 'not-found') return decideMissing(spec, state, effects);
  const refusal = refuse(spec, state, effects);
  if (refusal) return refusal;
  return differs([
    ...unmask(spec, state),
    ...daemonReload(state, effects),
    ...decideEnablement(spec, state),
    ...decideRunning(spec, state, effects),
  ]);
}

function unmask({ enabled, running }: SystemdServiceSpec, { id, load, enablement }: UnitState): Change[] {
  if (load !== 'masked' || !(enabled || running)) return [];
  const command = ['systemctl', 'unmask'] as const;
  const actions = enablement === 'masked-runtime' ? [{ exec: [...command, '--runtime', id] as const }] : [];
  return [{ aspect: 'masked', summary: `unmask ${id}`, actions: [{ exec: [...command, id] }, ...actions] }];
}

function daemonReload({ id, unitFiles, needsDaemonReload }: UnitState, effects: PredictedEffects): Change[] {
  const soon = unitFilesChange(id, unitFiles, effects);
  if (!needsDaemonReload && !soon) return [];
  const summary = `daemon-reload: the files of ${id} ${needsDaemonReload ? 'have changed' : 'will change'}`;
  return [{ aspect: 'daemon-reload', summary, actions: [{ exec: ['systemctl', 'daemon-reload'] }] }];
}

const FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system'];

/** Only what is certain: "anything may appear" would put a daemon-reload into every plan. */
export function unitFilesChange(
  id: string,
  unitFiles: readonly string[],
  effects: PredictedEffects,
): boolean {
  const places = FOLDERS.flatMap((folder) => [id, ...dropInNames(id)].map((name) => `${folder}/${name}`));
  return [...unitFiles, ...places].some((path) => effects.below(path)?.certain === true);
}

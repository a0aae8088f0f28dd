import type { Change, PredictedEffects } from '../../model/index.ts';
import { runUnit } from './run-unit.ts';
import type { SystemdServiceSpec } from './service-spec.ts';
import { staleFiles } from './stale.ts';
import type { UnitState } from './unit-state.ts';

const RUNNING = ['active', 'reloading', 'refreshing'];
const STOPPED = ['inactive', 'failed'];

export function decideRunning(
  spec: SystemdServiceSpec,
  state: UnitState,
  effects: PredictedEffects,
): Change[] {
  const { id, active } = state;
  if (spec.running === false) {
    if (STOPPED.includes(active)) return [];
    const actions = [{ exec: ['systemctl', 'stop', id] as const }];
    return [{ aspect: 'running', summary: `stop ${id}`, actions, restarts: [id] }];
  }
  if (RUNNING.includes(active)) return decideFreshness(spec, state, effects);
  if (!spec.running) return [];
  const actions = [runUnit('start', id, spec)];
  return [{ aspect: 'running', summary: `start ${id}, which is ${active}`, actions }];
}

/** A restart brings what a reload would: where both are due, only the restart is done, but both are shown. */
function decideFreshness(spec: SystemdServiceSpec, state: UnitState, effects: PredictedEffects): Change[] {
  const { id, canReload } = state;
  const reload = staleFiles(state, spec.reloadOn, effects);
  const restart = staleFiles(state, spec.restartOn, effects);
  const why = canReload ? restart : [...restart, ...reload.map((one) => `${one} (it cannot reload)`)];
  const restarts = change('restart', why, [runUnit('restart', id, spec)], { restarts: [id] });
  const reloads = change('reload', canReload ? reload : [], [runUnit('reload', id, spec)], { reloads: [id] });
  return restarts.length > 0 ? [...reloads.map(covered), ...restarts] : reloads;
}

function change(
  aspect: string,
  why: readonly string[],
  actions: Change['actions'],
  units: Pick<Change, 'restarts' | 'reloads'>,
): Change[] {
  return why.length === 0 ? [] : [{ aspect, summary: `${aspect}: ${why.join('; ')}`, actions, ...units }];
}

function covered(reload: Change): Change {
  return { ...reload, summary: `${reload.summary}; the restart covers it`, actions: [], reloads: [] };
}

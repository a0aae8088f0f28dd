import {
  blocked,
  type Change,
  didYouMean,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { runUnit } from './run-unit.ts';
import type { SystemdServiceSpec } from './service-spec.ts';
import type { UnitState } from './unit-state.ts';

/** There is no such unit: an earlier step must bring it, or nothing may be wanted of it. */
export function decideMissing(
  spec: SystemdServiceSpec,
  { id, units }: UnitState,
  effects: PredictedEffects,
): Finding {
  const soon = effects.unit(id);
  const wanted = spec.enabled || spec.running;
  if (!soon) return wanted ? noUnit(id, units) : ok;
  if (!soon.certain) return unknown(soon.step, `it may bring ${id}`);
  return wanted ? differs([appearance(spec, id, soon.step)]) : unknown(soon.step, `it brings ${id}`);
}

function noUnit(id: string, units: readonly string[]): Finding {
  return blocked(
    `there is no unit ${id}${didYouMean(id, units)}`,
    'Add a step before this one that brings it: a yumPackage, or a file in /etc/systemd/system.',
  );
}

function appearance(spec: SystemdServiceSpec, id: string, step: string): Change {
  const { enabled, running } = spec;
  const verbs = [enabled && 'enable', running && 'start'].filter(Boolean).join(' and ');
  return {
    aspect: 'unit',
    whole: true,
    summary: `${verbs} ${id}, which ${step} brings`,
    actions: [
      ...(enabled ? [{ exec: ['systemctl', 'enable', id] as const }] : []),
      ...(running ? [runUnit('start', id, spec)] : []),
    ],
  };
}

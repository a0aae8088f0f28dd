import {
  blocked,
  type Finding,
  LinkLostError,
  type Look,
  type PredictedEffects,
  type PreparedStep,
  ProbeError,
  TrueupError,
  unknown,
} from '../model/index.ts';
import { noEffects, PlannedEffects } from './planned-effects.ts';

/** One look at a step: what it saw, or why it could not. */
export type Looked = PromiseSettledResult<Look>;

/** The findings of a host's steps, each with the effects of the pending ones before it. */
export function diffSteps(steps: readonly PreparedStep[], looks: readonly Looked[]): Finding[] {
  const effects = new PlannedEffects();
  return steps.map((step, index) => {
    const looked = looks[index];
    if (!looked) throw new Error(`no look at ${step.label}`);
    const finding = diffStep(looked, effects);
    if (finding.status === 'change' || finding.status === 'unknown') {
      effects.add(step.label, looked.status === 'fulfilled' ? looked.value.effects(finding) : {});
    }
    return finding;
  });
}

/** The finding of one look. */
export function diffStep(looked: Looked, effects: PredictedEffects = noEffects): Finding {
  if (looked.status === 'fulfilled') return looked.value.diff(effects);
  const reason: unknown = looked.reason;
  if (reason instanceof LinkLostError || !(reason instanceof TrueupError)) throw reason;
  const missing = reason instanceof ProbeError ? reason.missing : undefined;
  const effect = missing === undefined ? undefined : effects.command(missing);
  if (effect) return unknown(effect.step, `${missing} is not there yet`);
  return blocked(`could not look: ${reason.message}`, reason.advice);
}

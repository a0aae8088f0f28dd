import {
  blocked,
  type Finding,
  type Foretold,
  LinkLostError,
  type Look,
  type PlannedStep,
  type PreparedStep,
  ProbeError,
  TrueupError,
  unknown,
} from '../../model/index.ts';
import { Foreteller } from './foretell.ts';

/** One look at a step: what it saw, or why it could not. */
export type Looked = PromiseSettledResult<Look>;

/** The findings of a host's steps, each knowing what the pending ones before it will bring. */
export function findAll(steps: readonly PreparedStep[], looks: readonly Looked[]): PlannedStep[] {
  const foreteller = new Foreteller();
  return steps.map((step, index) => {
    const looked = looks[index];
    if (!looked) throw new Error(`no look at ${step.label}`);
    const finding = findingOf(looked, foreteller);
    if (finding.status === 'change' || finding.status === 'unknown') {
      foreteller.add(step.label, looked.status === 'fulfilled' ? looked.value.foretells(finding) : {});
    }
    return { step, finding };
  });
}

/** What follows from one look. */
export function findingOf(looked: Looked, foretold: Foretold): Finding {
  if (looked.status === 'fulfilled') return looked.value.diff(foretold);
  const reason: unknown = looked.reason;
  if (reason instanceof LinkLostError || !(reason instanceof TrueupError)) throw reason;
  const missing = reason instanceof ProbeError ? reason.missing : undefined;
  const foresight = missing === undefined ? undefined : foretold.command(missing);
  if (foresight) return unknown(foresight.step, `${missing} is not there yet`);
  return blocked(`could not look: ${reason.message}`, reason.advice);
}

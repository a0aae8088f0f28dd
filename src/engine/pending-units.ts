import type { Change, Finding, Pending, StepIdentity } from '../model/index.ts';

interface Planned {
  readonly step: Pick<StepIdentity, 'manages'>;
  readonly finding: Finding;
}

/** What the planned steps will do to the host's units. */
export function pendingUnits(planned: readonly Planned[]): Pending {
  const changes = planned.flatMap(({ finding }) => (finding.status === 'change' ? finding.changes : []));
  const restarts = unique(changes.flatMap((change) => restartsOf(change, planned)));
  const reloads = unique(changes.flatMap((change) => change.reloads ?? []));
  return { restarts, reloads: reloads.filter((unit) => !restarts.includes(unit)) };
}

function restartsOf({ restarts = [] }: Change, planned: readonly Planned[]): readonly string[] {
  return restarts === 'any' ? planned.flatMap(({ step }) => step.manages.flatMap(serviceOf)) : restarts;
}

function serviceOf(object: string): string[] {
  return object.startsWith('service:') ? [object.slice('service:'.length)] : [];
}

function unique(units: readonly string[]): string[] {
  return [...new Set(units.map((unit) => unit.replace(/\.service$/, '')))];
}

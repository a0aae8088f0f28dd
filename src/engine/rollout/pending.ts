import type { Change, Pending, PlannedStep } from '../../model/index.ts';

/** What the planned steps will do to the host's units. */
export function pendingOf(planned: readonly PlannedStep[]): Pending {
  const changes = planned.flatMap(({ finding }) => (finding.status === 'change' ? finding.changes : []));
  const restarts = unique(changes.flatMap((change) => restartsOf(change, planned)));
  const reloads = unique(changes.flatMap((change) => change.reloads ?? []));
  return { restarts, reloads: reloads.filter((unit) => !restarts.includes(unit)) };
}

function restartsOf({ restarts = [] }: Change, planned: readonly PlannedStep[]): readonly string[] {
  return restarts === 'any' ? planned.flatMap(({ step }) => step.manages.flatMap(serviceOf)) : restarts;
}

function serviceOf(object: string): string[] {
  return object.startsWith('service:') ? [object.slice('service:'.length)] : [];
}

function unique(units: readonly string[]): string[] {
  return [...new Set(units.map((unit) => unit.replace(/\.service$/, '')))];
}

import { formatPlace, InputError, type StepIdentity } from '../../model/index.ts';

/** Refuses two steps of one host that manage the same object: each re-run would undo the other's work. */
export function checkOwnership(host: string, steps: readonly StepIdentity[]): void {
  const owners = new Map<string, StepIdentity>();
  for (const step of steps) {
    for (const object of step.manages) {
      const owner = owners.get(object);
      if (owner) throw conflict(host, object, owner, step);
      owners.set(object, step);
    }
  }
}

function conflict(host: string, object: string, first: StepIdentity, second: StepIdentity): InputError {
  const where = first.place ? ` (${formatPlace(first.place)})` : '';
  return new InputError(
    `${second.label} manages ${object} on ${host}, as ${first.label}${where} already does`,
    { place: second.place, advice: 'Keep one of the two steps, or join them.' },
  );
}

import { InputError } from './errors.ts';
import { fieldPlace } from './field-place.ts';
import type { Place } from './place.ts';

/** Fields whose text goes to a host by stdin, or is looked at by the template that writes it. */
const ANY_TEXT = new Set(['content', 'stdin', 'data']);

/** Refuses a spec with a NUL byte: no command, path or name can hold one. */
export function refuseNul(spec: unknown, kind: string, place: Place | undefined): void {
  if (typeof spec !== 'object' || spec === null) return;
  for (const [field, value] of Object.entries(spec)) {
    if (ANY_TEXT.has(field) || !holdsNul(value, new Set())) continue;
    const message = `${kind}: ${field}: holds a NUL byte, which no command or path can`;
    throw new InputError(message, { place: fieldPlace(place, [field]) });
  }
}

function holdsNul(value: unknown, seen: Set<unknown>): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.entries(value).some(([key, each]) => key.includes('\0') || holdsNul(each, seen));
}

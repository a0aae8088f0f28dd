import { type Inventory, nearest, type Place } from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';

/** A var of the inventory that no play declares, and that looks like one that a play does and its host has not got. */
export interface LikelyTypo {
  readonly name: string;
  readonly meant: string;
  readonly place: Place;
}

/** Vars that may be misspelt. They are told and not refused: another playbook may be the one that wants them. */
export function likelyTypos(plays: readonly PlayDefinition[], inventory: Inventory): LikelyTypo[] {
  const known = new Set(plays.flatMap(({ vars }) => Object.keys(vars.shape)));
  const doubts = new Map<string, LikelyTypo>();
  for (const { hosts, vars } of plays) {
    for (const host of inventory.select(hosts)) {
      const unset = Object.keys(vars.shape).filter((name) => !Object.hasOwn(host.vars, name));
      for (const name of Object.keys(host.vars)) {
        const place = inventory.placeOf(host.name, name);
        const meant = known.has(name) ? undefined : nearest(name, unset);
        if (place && meant !== undefined) doubts.set(JSON.stringify(place), { name, meant, place });
      }
    }
  }
  return [...doubts.values()];
}

import {
  blocked,
  type Change,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { type Opened, openSaved } from './open-saved.ts';
import type { ServiceState, Surroundings } from './read-service.ts';
import { isNothing, type RequiredChanges, requiredChanges } from './required-changes.ts';
import { goneRules, servicesWords, takeoverChange } from './service-words.ts';
import { switchAction } from './switch-action.ts';

/** Compares how the units stand with iptables alone at work. */
export function decideService({ units, around }: ServiceState, effects: PredictedEffects): Finding {
  const lacking = requiredChanges(units);
  if (around === undefined || isNothing(lacking)) return ok;
  if (units.iptables.LoadState === 'not-found') return decideMissing(lacking, around, effects);
  const opened = openSaved(lacking.start, around, effects);
  if ('status' in opened) return opened;
  const saved = opened.flatMap(({ change }) => change ?? []);
  const changes = [...saved, ...switchChanges(lacking, around, opened)];
  return differs(changes, lacking.stop ? undefined : goneRules(opened));
}

/** An earlier step must bring the service; what its saved list lets in is known only then. */
function decideMissing(lacking: RequiredChanges, around: Surroundings, effects: PredictedEffects): Finding {
  const soon = effects.unit('iptables.service');
  if (!soon) {
    const advice = "yumPackage({ names: ['iptables-services'] }) before it";
    return blocked('there is no unit iptables.service: iptables-services is not installed', advice);
  }
  if (!soon.certain) return unknown(soon.step, 'it may bring iptables.service');
  return differs(switchChanges(lacking, around, [], soon.step));
}

/** One action does it all, so that one way back undoes it all. */
function switchChanges(
  lacking: RequiredChanges,
  { allowed, connection }: Surroundings,
  opened: readonly Opened[],
  bringer?: string,
): Change[] {
  const actions = [switchAction(lacking, allowed)];
  const services = servicesWords(lacking);
  const change = (summary: string): Change => ({ aspect: 'services', summary, actions });
  const takeover = takeoverChange(lacking, allowed, connection, opened);
  if (services === '') return takeover.map((one) => ({ ...one, actions }));
  if (bringer === undefined) return [...takeover, change(services)];
  return [...takeover, { ...change(`${services}, which ${bringer} brings`), whole: true }];
}

import {
  type Check,
  type Facts,
  FactsNeeded,
  type Host,
  type Inventory,
  type Play,
  type PlayContext,
  type Step,
  withTags,
} from '../model/index.ts';
import { bindRollout } from './bind-rollout.ts';
import type { PlayDefinition } from './define-playbook.ts';
import type { ExtraVars } from './extra-vars.ts';
import { groupsOf } from './groups-of.ts';
import { listOf } from './list-of.ts';
import { varsFor } from './play-vars.ts';

/** The play for these hosts, the vars of each of them checked. */
export function bindPlay(
  play: PlayDefinition,
  hosts: readonly Host[],
  inventory: Inventory,
  extraVars: ExtraVars,
): Play {
  const vars = new Map(hosts.map((host) => [host.name, varsFor(play, host, inventory, extraVars)]));
  const context = (host: Host, facts: Facts | undefined) =>
    contextOf(host, vars.get(host.name) ?? {}, groupsOf(inventory, extraVars), facts);
  return {
    name: play.name,
    hosts,
    place: play.place,
    steps: (host, facts) => {
      const steps = listOf<Step>(play, 'steps', host, () => play.steps(context(host, facts)));
      return steps.map((step) => withTags(step, play.tags));
    },
    checks: (host, facts) => listOf<Check>(play, 'verify', host, () => play.verify(context(host, facts))),
    settle: play.settle,
    ...(play.rollout ? { rollout: bindRollout(play, play.rollout, context) } : {}),
  };
}

function contextOf(
  host: Host,
  vars: Record<string, unknown>,
  group: PlayContext<never>['group'],
  facts: Facts | undefined,
): PlayContext<never> {
  return {
    host,
    vars: vars as never,
    group,
    get facts(): Facts {
      if (!facts) throw new FactsNeeded();
      return facts;
    },
  };
}

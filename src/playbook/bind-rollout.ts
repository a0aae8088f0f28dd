import {
  type Facts,
  fieldPlace,
  type Hook,
  type Host,
  type LastProbe,
  type Pending,
  type PlayContext,
  type Rollout,
  type Step,
  specError,
} from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';
import { listOf } from './list-of.ts';
import { locateError } from './locate-error.ts';
import { StepsElsewhere } from './on.ts';
import { lastProbe } from './rollout-fields.ts';
import type { RolloutDefinition } from './rollout-spec.ts';

type ContextOf = (host: Host, facts: Facts | undefined) => PlayContext<never>;

/** How the play goes from host to host, for the engine. */
export function bindRollout(play: PlayDefinition, rollout: RolloutDefinition, context: ContextOf): Rollout {
  const around =
    (field: 'before' | 'after') =>
    (host: Host, facts: Facts | undefined, pending: Pending): Hook[] => {
      const known = Object.defineProperty(context(host, facts), 'pending', { value: pending });
      const give = () => rollout[field](known as never);
      return listOf<Step | StepsElsewhere>(play, field, host, give).flatMap((item) => hooksOf(item, host));
    };
  return {
    serial: rollout.serial,
    maxFail: rollout.maxFail,
    last: (host, facts) => lastOf(play, rollout, host, context(host, facts)),
    before: around('before'),
    after: around('after'),
  };
}

function hooksOf(item: Step | StepsElsewhere, host: Host): Hook[] {
  if (!(item instanceof StepsElsewhere)) return [{ hosts: [host], step: item }];
  const { hosts, ifDone } = item;
  return item.steps.map((step) => ({ hosts, step, ifDone }));
}

function lastOf(
  play: PlayDefinition,
  rollout: RolloutDefinition,
  host: Host,
  context: PlayContext<never>,
): LastProbe | undefined {
  const doing = `last of play ${play.name}, for host ${host.name}`;
  const given = guarded(() => rollout.last(context), doing, play);
  if (given === undefined) return undefined;
  const checked = lastProbe.safeParse(given);
  if (checked.success) return checked.data as unknown as LastProbe;
  throw specError(checked.error, { kind: doing, place: fieldPlace(play.place, ['last']), schema: lastProbe });
}

function guarded(give: () => unknown, doing: string, play: PlayDefinition): unknown {
  try {
    return give();
  } catch (error) {
    throw locateError(error, doing, () => fieldPlace(play.place, ['last']));
  }
}

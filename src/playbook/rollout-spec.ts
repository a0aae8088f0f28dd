import {
  fieldPlace,
  InputError,
  type LastProbe,
  type Pending,
  type Place,
  type PlayContext,
  type Share,
  type Step,
} from '../model/index.ts';
import type { StepsElsewhere } from './on.ts';

/** What `before` and `after` get to know: what `steps` does, and what is about to happen. */
export interface RolloutContext<Vars> extends PlayContext<Vars> {
  readonly pending: Pending;
}

type Around<Context> = (context: Context) => (Step | StepsElsewhere)[];

/** How a play goes from host to host, for what must not be away all at once. */
export interface RolloutSpec<Vars> {
  /**
   * How many hosts are changed at a time: a number, a percentage of the play's hosts in this run (rounded down, at
   * least 1), or a list of those for the first batch, the second and so on, whose last entry goes on, as in Ansible:
   * `[1, '25%']`. Batches are made, in the inventory's order, of the hosts that have something to change: the others
   * cost nothing. After each batch the play's `verify` must hold for its hosts, while the rest is still as it was; if
   * not, or if too many hosts have failed, the rest is left alone and reported as not reached, with exit code 3 or worse.
   * Without `serial` all hosts are changed side by side; the following fields need it.
   */
  serial?: Share | readonly Share[];
  /**
   * How many of the play's hosts may fail before the rest is left alone, as a number or a percentage (rounded down) of
   * the play's hosts in this run. Hosts that cannot be reached count, also those that plan could not reach; so do
   * those whose `before` or `after` failed. Default 0.
   */
  maxFail?: Share;
  /**
   * Which host is changed last, alone: for a pair with an address that moves, the one that holds it. `probe` is asked
   * of all the play's hosts in this run before each batch, since the address moves: exit code 0 is yes, others are no.
   * Where nobody says yes, the order is the inventory's. Two who say yes, or one who does not tell, stop the rollout.
   *
   *     last: ({ vars }) => ({
   *       holds: vars.vip,
   *       probe: ['sh', '-c', 'ip -o address show to "$1" | grep -q .', 'sh', vars.vip],
   *     }),
   */
  last?: LastProbe | ((context: PlayContext<Vars>) => LastProbe | undefined);
  /**
   * Steps to take before a host is changed, such as draining it on its balancers; on other hosts by `on(hosts, steps)`.
   * They run only for hosts that this run has something to change on (with --tags: in what is selected), one after the
   * other, and are reported apart and never counted. `pending.restarts` and `pending.reloads` tell what the change will do
   * to the host's units, to choose by: what a reload can do needs no draining. If one of them fails, the host is not
   * changed and has failed.
   *
   *     before: ({ pending, host, group }) =>
   *       pending.restarts.includes('nginx') ? [on(group('loadbalancers'), drained(host.name))] : [],
   */
  before?: Around<RolloutContext<Vars>>;
  /**
   * Steps that close what `before` has opened. They run once the host was changed, or its change or a step of `before` has
   * failed, and after Ctrl-C; only where the host cannot be reached any more they do not, and the report says so.
   *
   * Let them say what shall always hold (the server is in service), whatever `pending` says, and be `ok` where nothing
   * was opened. Then what a run that was cut off has left open is not forgotten: plan looks at them along with everything
   * else, on hosts of the run (not with --tags, and not where the play needs `facts`), shows what stands open, and the
   * next apply closes it first.
   */
  after?: Around<RolloutContext<Vars>>;
}

/** The same as it was written, its vars not checked yet. */
export interface RolloutDefinition {
  readonly serial: readonly Share[];
  readonly maxFail: Share;
  readonly last: (context: PlayContext<never>) => unknown;
  readonly before: (context: RolloutContext<never>) => unknown;
  readonly after: (context: RolloutContext<never>) => unknown;
}

const NEED_SERIAL = ['maxFail', 'last', 'before', 'after'] as const;

/** Undefined where all hosts are changed side by side. */
export function rolloutOf(spec: RolloutSpec<never>, place: Place | undefined): RolloutDefinition | undefined {
  const { serial, maxFail = 0, last, before = () => [], after = () => [] } = spec;
  if (serial !== undefined) {
    const probe = typeof last === 'function' ? last : () => last;
    return { serial: [serial].flat() as Share[], maxFail, last: probe, before, after };
  }
  const lonely = NEED_SERIAL.find((field) => spec[field] !== undefined);
  if (lonely === undefined) return undefined;
  throw new InputError(
    `definePlaybook: \`${lonely}\` needs \`serial\`, which says how many hosts are changed at a time`,
    {
      place: fieldPlace(place, [lonely]),
      advice: 'For one after the other: serial: 1',
    },
  );
}

import { z } from 'zod';
import {
  type Check,
  callerPlace,
  checkedTags,
  connectionKeys,
  fieldPlace,
  InputError,
  type Place,
  type PlayContext,
  type RequiresContext,
  type Step,
  specError,
} from '../model/index.ts';
import { rolloutFields } from './rollout-fields.ts';
import { type RolloutDefinition, type RolloutSpec, rolloutOf } from './rollout-spec.ts';

/** What a play is made of. */
export interface PlaySpec<Vars extends z.ZodObject> extends RolloutSpec<z.output<Vars>> {
  /** How people call it in output. */
  name: string;
  /** Which hosts of the inventory: names, groups, `all`; `a,b` both, `!x` without, `&x` only those also in, `lb-*`. */
  hosts: string;
  /** The vars it needs of each host, with their defaults. Others are not passed on, and naming one is an error. */
  vars?: Vars;
  /** Words that all its steps can be chosen by, with `--tags` and `--skip-tags`, besides the steps' own `tags`. */
  tags?: readonly string[];
  /**
   * What must be true of the vars of all its hosts together, before any is connected to: a precondition. Each text
   * that it returns is a mistake, told with the play's line; `[]` is none. Such as two balancers with one priority:
   *
   *     requires: ({ hosts }) =>
   *       new Set(hosts.map(({ vars }) => vars.priority)).size < hosts.length
   *         ? ['two balancers have the same priority: give each its own in the inventory']
   *         : [],
   *
   * It knows all hosts of the play even with --limit, so their vars must be right too.
   */
  requires?: (context: RequiresContext<z.output<Vars>>) => string[];
  /** What shall hold on a host, in this order. */
  steps: (context: PlayContext<z.output<Vars>>) => Step[];
  /** What proves from outside that it serves its purpose. */
  verify?: (context: PlayContext<z.output<Vars>>) => Check[];
  /**
   * Seconds for which `verify` may fail after a change, while a balancer sees that its servers are back: until then a
   * check that fails is run again, and says what it met at first. Default 10. `trueup verify` runs each of them once.
   */
  settle?: number;
}

/** A play as it was written; its vars are not checked yet. */
export interface PlayDefinition {
  readonly name: string;
  readonly hosts: string;
  readonly vars: z.ZodObject;
  readonly tags: readonly string[];
  readonly place: Place | undefined;
  readonly requires?: (context: RequiresContext<never>) => unknown;
  readonly steps: (context: PlayContext<never>) => unknown;
  readonly verify: (context: PlayContext<never>) => unknown;
  readonly settle: number;
  readonly rollout?: RolloutDefinition | undefined;
}

/** Plays in the order in which they run. */
export class Playbook {
  readonly plays: readonly PlayDefinition[];

  constructor(plays: readonly PlayDefinition[]) {
    this.plays = plays;
  }
}

type NoVars = z.ZodObject<Record<never, never>>;

const aFunction = (value: unknown) => typeof value === 'function';

/** Seconds: haproxy's usual health check, and keepalived's, count a server as up within it. */
const SETTLE = 10;

const schema = z.strictObject(
  {
    name: z.string('expected a text').min(1, 'must not be empty'),
    hosts: z.string("expected a pattern such as 'webservers' or 'all'").min(1, 'must not be empty'),
    vars: z.instanceof(z.ZodObject, { error: 'expected z.object({ … })' }).optional(),
    tags: z.unknown().optional(),
    requires: z.custom(aFunction, 'expected a function that returns texts').optional(),
    steps: z.custom(aFunction, 'expected a function that returns steps'),
    verify: z.custom(aFunction, 'expected a function that returns checks').optional(),
    settle: z
      .number('expected seconds')
      .min(0, 'must not be negative')
      .max(600, 'at most 600')
      .default(SETTLE),
    ...rolloutFields,
  },
  'expected { name, hosts, steps } or a list of playbooks',
);

/**
 * A playbook of one play (what shall hold on which hosts) or of several playbooks, run in their order. It is
 * what a playbook file exports as its default. Errors name the line of this call.
 *
 * `vars` is a schema of https://zod.dev: a host whose vars of the inventory do not fit is an error before any
 * host is touched. `facts` in the context costs one more round trip; `host`, `vars` and `group` cost nothing.
 *
 *     export default definePlaybook({
 *       name: 'Web servers',
 *       hosts: 'webservers',
 *       vars: z.object({ greeting: z.string().default('Welcome') }),
 *       steps: ({ vars }) => [file({ path: '/etc/motd', content: `${vars.greeting}\n` })],
 *     });
 *
 *     export default definePlaybook([webservers, loadbalancers]);
 */
export function definePlaybook<Vars extends z.ZodObject = NoVars>(play: PlaySpec<Vars>): Playbook;
export function definePlaybook(playbooks: readonly Playbook[]): Playbook;
export function definePlaybook(part: unknown): Playbook {
  const place = callerPlace(definePlaybook);
  if (Array.isArray(part) && part.length === 0)
    throw new InputError('definePlaybook: expected at least one playbook, found an empty list', { place });
  if (Array.isArray(part)) return new Playbook(part.flatMap((each) => playsOf(each, place)));
  return new Playbook([playOf(part, place)]);
}

function playsOf(part: unknown, place: Place | undefined): readonly PlayDefinition[] {
  if (part instanceof Playbook) return part.plays;
  throw new InputError('definePlaybook: expected a list of playbooks, each made by definePlaybook', {
    place,
  });
}

function playOf(part: unknown, place: Place | undefined): PlayDefinition {
  const checked = schema.safeParse(part);
  if (!checked.success) throw specError(checked.error, { kind: 'definePlaybook', place, schema });
  refuseTakenNames(checked.data.vars, place);
  const spec = part as PlaySpec<z.ZodObject>;
  const { name, hosts, steps, vars = z.object({}), requires, verify = () => [] } = spec;
  const tags = checkedTags(checked.data.tags, 'definePlaybook', place);
  const rollout = rolloutOf(spec, place);
  const { settle } = checked.data;
  return {
    name,
    hosts,
    vars,
    tags,
    place,
    steps,
    verify,
    settle,
    ...(requires ? { requires } : {}),
    rollout,
  };
}

/** The inventory keeps these to itself: as a var of a play they would never have a value. */
function refuseTakenNames(vars: z.ZodObject | undefined, place: Place | undefined): void {
  const taken = connectionKeys.find((key) => Object.hasOwn(vars?.shape ?? {}, key));
  if (taken === undefined) return;
  const message = `definePlaybook: vars: \`${taken}\` says in the inventory how to connect: take another name`;
  throw new InputError(message, { place: fieldPlace(place, ['vars']) });
}

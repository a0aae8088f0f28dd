import { z } from 'zod';
import { callerPlace, type Host, InputError, type Step, specProblem } from '../model/index.ts';

/** Steps for other hosts than the one that is changed. */
export class StepsElsewhere {
  readonly kind = 'on';
  readonly hosts: readonly Host[];
  readonly steps: readonly Step[];

  constructor(hosts: readonly Host[], steps: readonly Step[]) {
    this.hosts = hosts;
    this.steps = steps;
  }
}

const isHost = (value: unknown) => typeof value === 'object' && value !== null && 'address' in value;
const isStep = (value: unknown) => typeof value === 'object' && value !== null && 'prepare' in value;
const host = z.custom<Host>(isHost, "expected hosts, such as group('loadbalancers')");
const step = z.custom<Step>(isStep, 'expected steps');
const given = z.tuple([z.union([host, z.array(host)]), z.union([step, z.array(step)])]);

/**
 * Steps in a play's `before` or `after` that run on other hosts than the one to be changed: to change a web server, it
 * is drained on the balancers. Takes one host or a list, such as `group('loadbalancers')`, and one step or a list.
 * Steps run one after the other, each on all these hosts side by side. The hosts are connected to also where
 * `--limit` leaves them out, as with Ansible's delegate_to.
 *
 * @example
 * before: ({ host, group }) => [
 *   on(group('loadbalancers'), haproxyServer({ backend: 'web', server: host.name, state: 'drain' })),
 * ]
 */
export function on(hosts: Host | readonly Host[], steps: Step | readonly Step[]): StepsElsewhere {
  const checked = given.safeParse([hosts, steps]);
  if (!checked.success)
    throw new InputError(specProblem('on', withoutPath(checked.error)), { place: callerPlace(on) });
  return new StepsElsewhere([hosts].flat(), [steps].flat());
}

/** The places in the list of arguments say nothing to people. */
function withoutPath(error: z.ZodError): z.ZodError {
  return new z.ZodError(error.issues.map((issue) => ({ ...issue, path: [] })));
}

import { callerPlace, type Host, InputError, type Step } from '../model/index.ts';

/** Steps for other hosts than the one that is changed. */
export class StepsElsewhere {
  readonly kind = 'on';
  readonly hosts: readonly Host[];
  readonly steps: readonly Step[];
  readonly ifDone: boolean;

  constructor(hosts: readonly Host[], steps: readonly Step[], ifDone: boolean) {
    this.hosts = hosts;
    this.steps = steps;
    this.ifDone = ifDone;
  }
}

/**
 * Steps in a play's `before` or `after` that run on other hosts than the one to be changed: to change a web server, it
 * is drained on the balancers. Takes one host or a list, such as `group('loadbalancers')`, and one step or a list.
 * Steps run one after the other, each on all these hosts side by side. The hosts are connected to also where
 * `--limit` leaves them out, as with Ansible's delegate_to. With `ifDone` they are left out where a step before them in
 * the list has failed, which stops nothing else in `after`: for what would do harm then.
 *
 * @example
 * before: ({ host, group }) => [
 *   on(group('loadbalancers'), haproxyServer({ backend: 'web', server: host.name, state: 'drain' })),
 * ]
 */
export function on(
  hosts: Host | readonly Host[],
  steps: Step | readonly Step[],
  { ifDone = false }: { readonly ifDone?: boolean } = {},
): StepsElsewhere {
  const elsewhere = new StepsElsewhere([hosts].flat(), [steps].flat(), ifDone);
  const wrong =
    (!elsewhere.hosts.every((host) => has(host, 'address')) &&
      "expected hosts, such as group('loadbalancers')") ||
    (!elsewhere.steps.every((step) => has(step, 'prepare')) && 'expected steps after the hosts');
  if (!wrong) return elsewhere;
  throw new InputError(`on: ${wrong}`, { place: callerPlace(on) });
}

/** Type errors do not stop a playbook. */
function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

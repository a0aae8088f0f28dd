import { command, type Host, on, type Step, z } from 'trueup';
import {
  BECOME_READY,
  GIVE_AWAY,
  HOLDS,
  IS_IDLE,
  IS_NOBODYS,
  IS_READY,
  START,
} from './shared-address-scripts.ts';

/** The vars of the balancers that say who of them holds the address that they share. */
export const sharedAddressVars = {
  /** The virtual address, in the net of the balancers. */
  vip: z.ipv4('expected an IPv4 address').optional(),
  /** The highest one holds the address. Each balancer has its own, 1 to 254. */
  priority: z.int().min(1).max(254).default(100),
  /** A balancer that comes back takes the address back from one with a lower priority. */
  preempt: z.boolean().default(true),
};

export interface Pair {
  readonly host: Host;
  readonly vars: { readonly vip?: string | undefined; readonly priority: number; readonly preempt: boolean };
  group(name: string): readonly Host[];
}

const balancers = ({ group }: Pair) => group('loadbalancers');
const peersOf = (pair: Pair) => balancers(pair).filter(({ name }) => name !== pair.host.name);

/** For a play's `last`: the holder waits until the others have been changed, so that the address moves once less. */
export function holderLast({ vars: { vip } }: Pair) {
  return vip === undefined ? undefined : { holds: `the address ${vip}`, probe: sh(HOLDS, vip) };
}

/**
 * For a play's `before`, where the host will be of no use for a while: its address goes to a peer that is ready for it.
 * New connections wait meanwhile (about a second), those in the midst of a request get a little time to end it, and what is
 * left then is reset. See docs/live-pair.md for what that costs.
 */
export function giveAddressAway(pair: Pair) {
  const { vip } = pair.vars;
  const peers = peersOf(pair);
  if (vip === undefined || peers.length === 0) return [];
  return [on(peers, readyFor(vip)), gives(vip)];
}

/**
 * For a play's `after`, in any case: keepalived runs again. Where the address comes back to the host at once, it comes
 * back as gently as it went, if `moved` says that this run has moved it.
 */
export function takeAddressBack(pair: Pair, moved: boolean) {
  const { vip, preempt, priority } = pair.vars;
  const peers = peersOf(pair);
  if (vip === undefined || peers.length === 0) return [];
  const back = moved && preempt && peers.every((peer) => priority > priorityOf(peer));
  if (!back) return [mayHold(vip)];
  return [mayHold(vip), readyFor(vip), on(peers, [gives(vip), mayHold(vip)], { ifDone: true })];
}

function priorityOf({ vars }: Host): number {
  return Number(vars.priority ?? 100);
}

function readyFor(vip: string): Step {
  return command({
    name: `ready to take ${vip}`,
    run: sh(BECOME_READY),
    unless: sh(`{ ${IS_READY}; } || { ${IS_NOBODYS}; }`, vip),
    changes: [],
  });
}

function gives(vip: string): Step {
  return command({ name: `give ${vip} away`, run: sh(GIVE_AWAY, vip), onlyIf: sh(HOLDS, vip), changes: [] });
}

function mayHold(vip: string): Step {
  return command({ name: `may hold ${vip}`, run: sh(START), unless: sh(IS_IDLE), changes: [] });
}

function sh(script: string, ...args: string[]): [string, ...string[]] {
  return ['sh', '-c', script, 'shared-address', ...args];
}

import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { defineCheck, type Outcome } from '../model/index.ts';
import { type Holders, holdersOf } from './holders.ts';
import { hostSpec } from './host-spec.ts';

const schema = z.strictObject({
  /** The address that moves between hosts. */
  address: z.union([z.ipv4(), z.ipv6()], 'expected an IP address'),
  /** The hosts of which exactly one shall hold it. */
  among: z.array(hostSpec).min(1, 'expected at least one host').readonly(),
  /**
   * Seconds to go on looking while none or more than one holds it, from the first of the host's checks on: a move takes
   * some. Default 10.
   */
  settle: z.number().min(0).max(600).default(10),
});

type Spec = z.output<typeof schema>;

const BETWEEN_LOOKS = 500;

/**
 * Proves that exactly one of the hosts holds an address, as VRRP promises of a virtual one, and tells which. It asks
 * each host for its addresses with `ip`, all of them at the same time, and over a connection of its own.
 *
 * Fails if after some seconds (`settle`) none holds it, or more than one, and if a host cannot be asked: what it holds
 * is not known then.
 *
 * ```ts
 * virtualAddressCheck({ address: vars.vip, among: group('loadbalancers') })
 * ```
 *
 * Follows ip-address(8) and RFC 5798.
 */
export const virtualAddressCheck = defineCheck({
  kind: 'virtualAddressCheck',
  schema,
  name: ({ address }) => address,
  async run(spec, context) {
    const deadline = context.since + spec.settle * 1000;
    for (;;) {
      const seen = await holdersOf(spec.address, spec.among, context);
      if (isRight(seen) || performance.now() >= deadline) return verdict(spec, seen);
      await pause(BETWEEN_LOOKS);
    }
  },
});

function isRight({ holders, silent }: Holders): boolean {
  return holders.length === 1 && silent.length === 0;
}

function verdict({ address, among }: Spec, { holders, silent }: Holders): Outcome {
  const names = among.map(({ name }) => name);
  const sighting = { virtual: { address, hosts: names, holders } };
  if (silent.length > 0) {
    const known = holders.length > 0 ? `held by ${holders.join(' and ')}, but ` : '';
    const detail = `${known}not every host could be asked: ${silent.join('; ')}`;
    return { ok: false, detail, advice: 'what such a host holds is not known: look at it first', sighting };
  }
  if (holders.length !== 1) return { ok: false, ...wrong(names, holders), sighting };
  const others = names.filter((name) => !holders.includes(name));
  const detail = `held by ${holders[0]}${others.length > 0 ? `, not by ${others.join(', ')}` : ''}`;
  return { ok: true, detail, sighting };
}

function wrong(names: readonly string[], holders: readonly string[]): { detail: string; advice: string } {
  if (holders.length === 0) {
    const advice = 'look on each whether keepalived runs and what it says: journalctl -u keepalived';
    return { detail: `held by none of ${names.join(', ')}`, advice };
  }
  const advice =
    'they do not hear each other: VRRP is IP protocol 112, which firewalls must let in and out; router id and password must be the same';
  return { detail: `held by ${holders.join(' and ')} at once`, advice };
}

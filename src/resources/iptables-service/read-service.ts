import { ABSENT, type Reader, shell } from '../../model/index.ts';
import {
  isStopped,
  lookAtRules,
  type RulesState,
  readUnits,
  type UnitState,
} from '../iptables/look-at-rules.ts';
import type { RulesSpec } from '../iptables/rules-spec.ts';
import { type Allowed, readAllowed } from './firewalld-allows.ts';
import { type Connection, readConnection } from './permits.ts';

/** What is to be known before anything is started or stopped. */
export interface Surroundings {
  readonly connection: Connection;
  /** The lists of the services that are to be started. */
  readonly lists: ReadonlyMap<ServiceUnit, RulesState>;
  /** What a running firewalld lets through. */
  readonly allowed: readonly Allowed[];
}

export interface ServiceState {
  readonly units: Units;
  /** Looked at only where something is to be done. */
  readonly around: Surroundings | undefined;
}

/** No rules of ours: only what is there. */
const NOTHING = { rules: [], table: 'filter', state: 'present' } as const;
export const SPECS: Readonly<Record<ServiceUnit, RulesSpec>> = {
  'iptables.service': { ...NOTHING, rules: [], family: 'ipv4' },
  'ip6tables.service': { ...NOTHING, rules: [], family: 'ipv6' },
};

const HAS_IPV6 = `${ABSENT}
[ -e /proc/net/if_inet6 ] || ! absent /proc/net/if_inet6`;

export async function readService(host: Reader): Promise<ServiceState> {
  const names = ['iptables.service', 'ip6tables.service', 'firewalld.service'] as const;
  const [[iptables, ip6tables, firewalld], proc] = await Promise.all([
    readUnits(names, host),
    host.probe(shell(HAS_IPV6), { expect: [0, 1] }),
  ]);
  const units = { iptables, ip6tables, firewalld, ipv6: proc.code === 0 };
  const lacking = requiredChanges(units);
  return { units, around: isNothing(lacking) ? undefined : await lookAround(lacking, host) };
}

async function lookAround({ start, stop }: RequiredChanges, host: Reader): Promise<Surroundings> {
  const [connection, allowed, lists] = await Promise.all([
    readConnection(host),
    stop ? readAllowed(host) : [],
    Promise.all(start.map(async (unit) => [unit, await lookAtRules(SPECS[unit], host)] as const)),
  ]);
  return { connection, allowed, lists: new Map(lists) };
}

export type ServiceUnit = 'iptables.service' | 'ip6tables.service';

interface Units {
  readonly iptables: UnitState;
  readonly ip6tables: UnitState;
  readonly firewalld: UnitState;
  /** Whether the kernel speaks IPv6. */
  readonly ipv6: boolean;
}

/** What the units still lack. */
export interface RequiredChanges {
  readonly unmask: readonly ServiceUnit[];
  readonly enable: readonly ServiceUnit[];
  readonly start: readonly ServiceUnit[];
  /** firewalld runs: it is to be stopped. */
  readonly stop: boolean;
  /** firewalld could be started. */
  readonly mask: boolean;
}

export function requiredChanges(units: Units): RequiredChanges {
  const { firewalld } = units;
  const wanted = wantedUnits(units);
  const stop = !isStopped(firewalld);
  const those = (lacks: (unit: UnitState) => boolean) =>
    wanted.filter((name) => lacks(name === 'iptables.service' ? units.iptables : units.ip6tables));
  return {
    unmask: those(isMasked),
    enable: those(({ UnitFileState }) => UnitFileState !== 'enabled'),
    // What a service has loaded may be gone once firewalld stops: on EL 7 both write into the same tables.
    start: those(({ ActiveState }) => stop || ActiveState !== 'active'),
    stop,
    mask: firewalld.LoadState !== 'not-found' && firewalld.UnitFileState !== 'masked',
  };
}

export function isNothing({ unmask, enable, start, stop, mask }: RequiredChanges): boolean {
  return !stop && !mask && [unmask, enable, start].every((names) => names.length === 0);
}

/** iptables-services brings both units; where only that of IPv4 is, no more can be had. */
function wantedUnits({ iptables, ip6tables, ipv6 }: Units): ServiceUnit[] {
  const both = ipv6 && (ip6tables.LoadState !== 'not-found' || iptables.LoadState === 'not-found');
  return both ? ['iptables.service', 'ip6tables.service'] : ['iptables.service'];
}

function isMasked({ LoadState, UnitFileState = '' }: UnitState): boolean {
  return LoadState === 'masked' || UnitFileState.startsWith('masked');
}

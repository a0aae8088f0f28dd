import { ABSENT, type Reader, shell } from '../../model/index.ts';
import { lookAtRules, type RulesState } from '../iptables/look-at-rules.ts';
import { readUnits } from '../iptables/read-units.ts';
import type { RulesSpec } from '../iptables/rules-spec.ts';
import { type Connection, readConnection } from './connection.ts';
import { type Allowed, readAllowed } from './firewalld-allows.ts';
import {
  isNothing,
  type RequiredChanges,
  requiredChanges,
  type ServiceUnit,
  type Units,
} from './required-changes.ts';

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

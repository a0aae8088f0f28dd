import type { Reader } from '../../model/index.ts';
import { lookAtRules, type RulesState } from '../iptables/look-at-rules.ts';
import { readUnits } from '../iptables/read-units.ts';
import type { RulesSpec } from '../iptables/rules-spec.ts';
import { type Connection, readConnection } from './connection.ts';
import { type Allowed, readAllowed } from './firewalld-allows.ts';
import { isNothing, owed, type Units } from './owed.ts';

/** What is to be known before anything is started or stopped. */
export interface Surroundings {
  readonly connection: Connection;
  readonly ipv4: RulesState;
  readonly ipv6: RulesState;
  /** What a running firewalld lets through. */
  readonly allowed: readonly Allowed[];
}

export interface ServiceState {
  readonly units: Units;
  /** Looked at only where something is to be done. */
  readonly around: Surroundings | undefined;
}

const NO_RULES = { rules: [], table: 'filter', state: 'present' } as const;
export const IPV4: RulesSpec = { ...NO_RULES, rules: [], family: 'ipv4' };
export const IPV6: RulesSpec = { ...NO_RULES, rules: [], family: 'ipv6' };

export async function readService(host: Reader): Promise<ServiceState> {
  const names = ['iptables.service', 'ip6tables.service', 'firewalld.service'] as const;
  const [[iptables, ip6tables, firewalld], proc] = await Promise.all([
    readUnits(names, host),
    host.probe(['test', '-e', '/proc/net/if_inet6'], { expect: [0, 1] }),
  ]);
  const units = { iptables, ip6tables, firewalld, ipv6: proc.code === 0 };
  const lacking = owed(units);
  return { units, around: isNothing(lacking) ? undefined : await lookAround(lacking.stop, host) };
}

async function lookAround(firewalldRuns: boolean, host: Reader): Promise<Surroundings> {
  const [connection, ipv4, ipv6, allowed] = await Promise.all([
    readConnection(host),
    lookAtRules(IPV4, host),
    lookAtRules(IPV6, host),
    firewalldRuns ? readAllowed(host) : [],
  ]);
  return { connection, ipv4, ipv6, allowed };
}

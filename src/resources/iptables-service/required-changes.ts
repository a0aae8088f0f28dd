import { isStopped, type UnitState } from '../iptables/read-units.ts';

export type ServiceUnit = 'iptables.service' | 'ip6tables.service';

export interface Units {
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

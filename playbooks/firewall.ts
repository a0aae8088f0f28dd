import { firewalldPorts, iptablesRules, iptablesService, type Step, systemdService, z } from 'trueup';

/** The var `firewall`: which of the two a host has. */
export const firewallChoice = z.enum(['iptables', 'firewalld']).default('iptables');

type Choice = z.output<typeof firewallChoice>;

interface Traffic {
  /** Ports for new connections. */
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
  /** Other protocols as a whole, by their name in /etc/protocols: `vrrp`. */
  readonly protocols?: readonly string[];
}

/** What a firewall shall let in. */
export interface Openings extends Traffic {
  /** What it shall let out; firewalld lets out all that a host sends, so only iptables gets it. */
  readonly out?: Traffic;
  /** More rules for iptables, as iptables-save prints them, and … */
  readonly iptables?: readonly string[];
  /** … rich rules that say the same to firewalld, see firewalld.richlanguage(5). */
  readonly richRules?: readonly string[];
}

/** The package that brings the firewall, for a yumPackage step before it. */
export function firewallPackage(choice: Choice): string {
  return choice === 'iptables' ? 'iptables-services' : 'firewalld';
}

/** Keeps the firewall itself running; once a host, whatever the number of plays that open something in it. */
export function firewallService(choice: Choice): Step[] {
  if (choice === 'iptables') return [iptablesService({})];
  return [
    ...['iptables', 'ip6tables'].map((name) => systemdService({ name, enabled: false, running: false })),
    systemdService({ name: 'firewalld', enabled: true, running: true }),
  ];
}

/**
 * The steps that open ports in either firewall.
 *
 * @example
 * ...firewall(vars.firewall, { tcp: [80, 443], out: { tcp: [80, 443] } }),
 * ...firewall(vars.firewall, { protocols: ['vrrp'], out: { protocols: ['vrrp'] } }),
 */
export function firewall(choice: Choice, openings: Openings): Step[] {
  const { tcp = [], udp = [], protocols = [], out = {}, iptables = [], richRules = [] } = openings;
  if (choice === 'iptables')
    return someOf([...rulesIn(openings), ...rulesOut(out), ...iptables], (rules) => iptablesRules({ rules }));
  const ports = [...tcp.map((port) => `${port}/tcp`), ...udp.map((port) => `${port}/udp`)];
  return someOf([...ports, ...protocols, ...richRules], () =>
    firewalldPorts({ ports, protocols: [...protocols], richRules: [...richRules] }),
  );
}

/** No step where there is nothing to open. */
function someOf(all: string[], step: (all: string[]) => Step): Step[] {
  return all.length === 0 ? [] : [step(all)];
}

function rulesIn(traffic: Traffic): string[] {
  return matches(traffic).map(({ match, port }) =>
    ['-A INPUT', match, ...(port ? ['-m conntrack --ctstate NEW'] : []), '-j ACCEPT'].join(' '),
  );
}

function rulesOut(traffic: Traffic): string[] {
  return matches(traffic).map(({ match }) => `-A OUTPUT ${match} -j ACCEPT`);
}

function matches({ tcp = [], udp = [], protocols = [] }: Traffic): { match: string; port: boolean }[] {
  return [
    ...tcp.map((port) => ({ match: `-p tcp -m tcp --dport ${port}`, port: true })),
    ...udp.map((port) => ({ match: `-p udp -m udp --dport ${port}`, port: true })),
    ...protocols.map((name) => ({ match: `-p ${name}`, port: false })),
  ];
}

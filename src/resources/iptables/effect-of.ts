import type { Rule } from './parse-rule.ts';

/** Targets after which the packet goes on to the next rule (iptables-extensions(8)). */
const GOES_ON = new Set(
  `AUDIT CHECKSUM CLASSIFY CONNMARK CONNSECMARK CT DSCP ECN HL HMARK IDLETIMER LED LOG MARK NFLOG NOTRACK
  RATEEST SECMARK SET TCPMSS TCPOPTSTRIP TEE TOS TRACE TTL ULOG`.split(/\s+/),
);

/**
 * What becomes of a packet that matches: it `ends` here, `jumps` to a chain whose answer we do not know, or
 * `goes-on`. An unknown target ends.
 */
export function effectOf(rule: Rule, chains: ReadonlySet<string>): 'ends' | 'jumps' | 'goes-on' {
  const name = rule.target[1];
  if (name === undefined) return 'goes-on';
  if (chains.has(name)) return 'jumps';
  return GOES_ON.has(name) ? 'goes-on' : 'ends';
}

export function sameVerdict(a: Rule, b: Rule): boolean {
  return a.target.join('\0') === b.target.join('\0');
}

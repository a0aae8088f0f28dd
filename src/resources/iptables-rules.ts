import { defineResource, type Finding } from '../model/index.ts';
import { decideRules } from './iptables/decide-rules.ts';
import { lookAtRules, type RulesState } from './iptables/look-at-rules.ts';
import { type RulesSpec, rulesSpec, savedPath } from './iptables/rules-spec.ts';

/**
 * Ensures that packet filter rules are in force now, and saved for the next boot.
 *
 * Both the running list and the saved one (`/etc/sysconfig/iptables`, `ip6tables`) are looked at, and each gets
 * what it lacks; what else they hold stays as it is, and the one is never copied over the other. A rule counts
 * only where it acts: before the first rule that ends packets with another verdict (such as EL's closing
 * `REJECT`), unless that one provably never sees the same packets. A rule that stands too late is moved. So a
 * general `ACCEPT` comes before a ban that somebody else has written. Rules of different verdicts for the same
 * packets belong into one step, the ban first: two steps would each want to be the first. Jumps to other chains
 * are not looked into: rules are put behind them, and plan says so.
 *
 * The rules may be written with names and in any order of matches: the host's own iptables brings them, in a
 * network namespace of their own, into the form that iptables-save prints.
 *
 * Fields: `rules` (required), `table` (default `filter`), `family` (`ipv4` or `ipv6`, default `ipv4`), `state`
 * (`present` or `absent`, default `present`).
 *
 * It is blocked where it could not keep its word: a rule that iptables refuses, a chain that does not exist, a
 * saved list that does not load, firewalld running, or iptables-services missing with no step that brings it.
 * Whether the service loads the saved list at boot is for systemdService to ensure. A change of the running
 * list that does more than accept packets is undone if no new connection can be made right after it.
 *
 * See iptables(8), iptables-extensions(8), iptables-restore(8).
 *
 * @example
 * yumPackage({ names: ['iptables-services'] }),
 * iptablesRules({
 *   rules: [
 *     '-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT',
 *     '-A OUTPUT -p tcp -m tcp --dport 80 -j ACCEPT',
 *   ],
 * }),
 * systemdService({ name: 'iptables', enabled: true, running: true }),
 */
export const iptablesRules = defineResource<typeof rulesSpec, RulesState>({
  kind: 'iptablesRules',
  schema: rulesSpec,
  name: nameOf,
  manages: (spec) => [...new Set(spec.rules.map((rule) => `rule:${spec.family}:${spec.table}:${rule}`))],
  read: lookAtRules,
  diff: decideRules,
  effects: (spec, _state, finding) => (mayEdit(finding) ? { changes: [savedPath(spec)] } : {}),
});

function mayEdit(finding: Finding): boolean {
  if (finding.status !== 'change') return finding.status === 'unknown';
  return finding.changes.some(({ aspect }) => aspect === 'saved');
}

function nameOf({ rules, table, family }: RulesSpec): string {
  const [first = '', ...more] = rules;
  const chains = [...new Set(rules.map((rule) => rule.split(' ')[1]))].join(', ');
  const place = [family === 'ipv6' ? 'ipv6' : '', table === 'filter' ? '' : table].filter(Boolean);
  return [...place, more.length === 0 ? first : `${chains} (${rules.length} rules)`].join(' ');
}

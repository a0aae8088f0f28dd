import { z } from 'zod';
import { defineResource, type Effects, type Finding } from '../model/index.ts';
import { MASK } from './iptables/readiness.ts';
import { decideService } from './iptables-service/decide.ts';
import { readService, type ServiceState } from './iptables-service/read-service.ts';
import { requiredChanges } from './iptables-service/required-changes.ts';

/**
 * Ensures that iptables-services filters packets, now and from boot on, for IPv4 and IPv6, and that nothing else does.
 *
 * Where firewalld runs it is taken over from openly: plan says what firewalld lets in, and what of it the saved lists
 * do not. firewalld is stopped and masked (it can be started neither by hand nor by D-Bus), iptables.service and
 * ip6tables.service are enabled and started: masking firewalld does not leave IPv6 open. Where the kernel has no IPv6,
 * or there is no ip6tables.service, that part is left out. Without firewalld the two services are ensured.
 *
 * You are not locked out. Before a service is started, the port of this very SSH connection (not 22) is opened in its
 * saved list, unless that lets the connection in already; and if no new connection can be made right after the switch,
 * the host goes back to what it had within 30 s: firewalld, with what was in force there. Rules that come after it in
 * the playbook open the rest: until they do, it is closed.
 *
 * It takes no field of its own. It is blocked where iptables-services is missing with no step that brings it, and where a
 * saved list (`/etc/sysconfig/iptables`, `ip6tables`) is missing or does not load.
 *
 * See systemctl(1), firewall-cmd(1), iptables-restore(8).
 *
 * @example
 * yumPackage({ names: ['iptables-services'] }),
 * iptablesService({}),
 * iptablesRules({ rules: ['-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'] }),
 */
export const iptablesService = defineResource({
  kind: 'iptablesService',
  schema: z.strictObject({}),
  name: () => 'iptables',
  manages: () => ['iptables', 'ip6tables', 'firewalld'].map((name) => `service:${name}.service`),
  read: (_spec, host) => readService(host),
  diff: (_spec, state, effects) => decideService(state, effects),
  effects: (_spec, state, finding) => coming(state, finding),
});

function coming({ units }: ServiceState, finding: Finding): Effects {
  const { mask, stop, start } = requiredChanges(units);
  const saved =
    finding.status === 'change' && finding.changes.some(({ aspect }) => aspect.startsWith('saved'));
  return {
    appears: mask || stop ? [MASK] : [],
    runs: start,
    changes: saved ? start.map((unit) => `/etc/sysconfig/${unit.replace('.service', '')}`) : [],
  };
}

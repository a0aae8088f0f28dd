import { defineResource } from '../model/index.ts';
import { decidePorts } from './firewalld/decide-ports.ts';
import { itemsOf, itemWords, type PortsSpec, portsSpec } from './firewalld/ports-spec.ts';
import { readPorts } from './firewalld/read-ports.ts';

/**
 * Ensures that firewalld lets ports, services, protocols and rich rules in, now and after its next start.
 *
 * firewalld has two lists, what is in force (runtime) and what is saved (permanent): both are looked at, and each gets
 * what it lacks; what else they hold stays, and firewalld is not reloaded, which would drop what is only in force. A
 * port counts as there when it is within a range that is.
 *
 * Fields: `ports` (`80/tcp`, `8000-8010/udp`), `services`, `protocols`, `richRules` (at least one of these), `zone`
 * (default: the host's default zone), `state` (`present` or `absent`, default `present`).
 *
 * It is blocked where firewalld is missing or does not run and no earlier step sees to it, where there is no such zone,
 * and where firewalld does not know a service or a protocol, or cannot read a rich rule. What takes something away is
 * undone if no new connection can be made right after it.
 *
 * A host has either firewalld or iptables-services: see iptablesService for the other one. See firewall-cmd(1),
 * firewalld.richlanguage(5).
 *
 * @example
 * yumPackage({ names: ['firewalld'] }),
 * systemdService({ name: 'firewalld', enabled: true, running: true }),
 * firewalldPorts({ services: ['http', 'https'], ports: ['8404/tcp'] }),
 */
export const firewalldPorts = defineResource({
  kind: 'firewalldPorts',
  schema: portsSpec,
  name: nameOf,
  manages: (spec) => itemsOf(spec).map((item) => `firewalld:${spec.zone ?? 'default'}:${item}`),
  read: readPorts,
  diff: decidePorts,
});

function nameOf(spec: PortsSpec): string {
  const words = itemsOf(spec).map(itemWords).join(', ');
  return spec.zone === undefined ? words : `${spec.zone}: ${words}`;
}

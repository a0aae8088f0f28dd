import { defineResource } from '../model/index.ts';
import { decidePorts } from './selinux-port/decide.ts';
import { readPorts } from './selinux-port/probe.ts';
import { type PortSpec, portSpec, rangeText } from './selinux-port/spec.ts';

/**
 * Ensures that ports have a type of the SELinux policy, so that a confined daemon may listen there or connect to them.
 *
 * The local rules of the host are compared (`semanage port -l -C`). What the policy itself says of a port cannot be read
 * cheaply, so a local rule is required even for a port that has the type anyway, such as 443 for http_port_t.
 *
 * Fields:
 * - `type` (required): such as `http_port_t`. `semanage port -l` lists them.
 * - `ports` (required): numbers, and ranges as `'8000-8010'`, from 1 to 65535.
 * - `protocol`: `tcp`, `udp`, `sctp` or `dccp`. Default `tcp`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * All ports are changed together in one run of semanage, which takes two to four seconds. A port with a local rule of another type gets
 * this one; plan shows which it had. A port within a local range of this type needs no rule of its own. Rules of ports that are not
 * listed stay.
 *
 * The step is blocked if a local rule covers only some of the wanted ports or has another type for a wider range (rules must not
 * overlap), if the policy has no such type, and if semanage is missing (package policycoreutils-python-utils, on EL 7
 * policycoreutils-python), unless an earlier step may bring the type or the tool.
 *
 * See semanage-port(8).
 *
 * @example
 * selinuxPort({ type: 'http_port_t', ports: [8404, '8000-8010'] })
 */
export const selinuxPort = defineResource({
  kind: 'selinuxPort',
  schema: portSpec,
  name: nameOf,
  manages: ({ protocol, ports }) =>
    ports.flatMap(({ low, high }) =>
      Array.from({ length: high - low + 1 }, (_, at) => `selinuxPort:${protocol}/${low + at}`),
    ),
  read: ({ type }, host) => readPorts(type, host),
  diff: decidePorts,
});

function nameOf({ protocol, ports, type }: PortSpec): string {
  return `${protocol}/${ports.map(rangeText).join(',')} ${type}`;
}

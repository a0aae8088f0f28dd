import { defineResource } from '../model/index.ts';
import { decideBooleans } from './selinux-boolean/decide.ts';
import { readBooleans } from './selinux-boolean/probe.ts';
import { booleanSpec } from './selinux-boolean/spec.ts';

/**
 * Ensures that booleans of the SELinux policy are on or off, now and after each boot.
 *
 * The running value and the saved one are compared, and changed, each on its own. The saved value is the line that
 * `setsebool -P` writes to the policy store. A boolean without that line has the policy's default, which an update of the
 * policy may change, so the line is required even if the default is right.
 *
 * Fields:
 * - `name` (required): a boolean such as `httpd_can_network_connect`, or a list of them. The booleans of a list are changed
 *   together: all or none.
 * - `on` (required): `true` or `false`, for all of them.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * The step is blocked if the policy has no such boolean and no earlier step may bring it (a selinuxModule or a package).
 * Saving takes one to three seconds, as the policy is built again. A boolean that may affect logins (ssh, home directories) is
 * set back unless a new connection succeeds right after the change.
 *
 * See setsebool(8), getsebool(8), booleans(8).
 *
 * @example
 * selinuxBoolean({ name: 'haproxy_connect_any', on: true })
 * @example
 * selinuxBoolean({ name: ['httpd_can_network_connect', 'httpd_can_network_relay'], on: true })
 */
export const selinuxBoolean = defineResource({
  kind: 'selinuxBoolean',
  schema: booleanSpec,
  name: ({ name, on }) => `${name.join(', ')} ${on ? 'on' : 'off'}`,
  manages: ({ name }) => name.map((one) => `selinuxBoolean:${one}`),
  read: ({ name }, host) => readBooleans(name, host),
  diff: decideBooleans,
});

import { defineResource } from '../model/index.ts';
import { decideSettings } from './sysctl/decide.ts';
import { contentOf } from './sysctl/own-file.ts';
import { readSettings } from './sysctl/read-settings.ts';
import { sysctlSpec } from './sysctl/sysctl-spec.ts';

/**
 * Ensures that kernel parameters have their values, now and after each boot.
 *
 * The running values and the file that sets them at boot are looked at, and changed, each on its own. The file belongs to
 * this step as a whole (root, 0644): all parameters of a host go into one step, or each step gets a `file` of its own. A
 * parameter that leaves the playbook leaves the file; its running value stays until the next boot.
 *
 * Fields: `settings` (required; values are strings or whole numbers), `file` (default `/etc/sysctl.d/90-trueup.conf`).
 *
 * It is blocked where the kernel does not have the parameter (one of a module that is not loaded yet needs a `kernelModule`
 * step before), and where a file that is read later at boot sets another value. Patterns
 * in such files are not looked at.
 *
 * See sysctl(8), sysctl.d(5).
 *
 * @example
 * sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1, 'net.ipv4.tcp_rmem': '4096 131072 6291456' } })
 */
export const sysctl = defineResource({
  kind: 'sysctl',
  schema: sysctlSpec,
  name: ({ settings }) => nameOf(settings.map((one) => one.key)),
  manages: ({ settings, file }) => [`file:${file}`, ...settings.map((one) => `sysctl:${one.key}`)],
  read: ({ settings, file }, host) =>
    readSettings(settings, { path: file, content: contentOf(settings) }, host),
  diff: decideSettings,
  effects({ file }, _state, finding) {
    if (finding.status !== 'change') return {};
    const written = finding.changes.some(({ aspect }) => aspect === 'file');
    return written ? { appears: [file], changes: [file] } : {};
  },
});

function nameOf(keys: readonly string[]): string {
  return keys.length <= 3 ? keys.join(', ') : `${keys.slice(0, 2).join(', ')} and ${keys.length - 2} more`;
}

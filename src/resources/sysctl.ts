import { z } from 'zod';
import { defineResource } from '../model/index.ts';
import { decideSettings } from './sysctl/decide.ts';
import { contentOf } from './sysctl/decide-file.ts';
import { readSettings } from './sysctl/read-settings.ts';
import { setting } from './sysctl/setting.ts';

const key = z.string().regex(/^[a-z][\w-]*([./][\w@:-]+)+$/i);
const value = z.union([z.int(), z.string().regex(/^[^\n]*\S[^\n]*$/, 'must be one line, and not empty')]);

export const sysctlSpec = z.strictObject({
  /** Values by parameter: `net.ipv4.ip_forward`, or with slashes where a part holds a dot. */
  settings: z
    .record(key, value, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must be the name of a kernel parameter, such as net.ipv4.ip_forward'
          : undefined,
    })
    .transform((settings) => Object.entries(settings).map(([name, wanted]) => setting(name, wanted)))
    .refine((settings) => settings.length > 0, 'lists no parameter')
    .refine(
      (settings) => new Set(settings.map(({ path }) => path)).size === settings.length,
      'lists one twice',
    ),
  /** The file, owned as a whole, that sets them at boot. Default `/etc/sysctl.d/90-trueup.conf`. */
  file: z
    .string()
    .regex(/^\/etc\/sysctl\.d\/[\w.@-]+\.conf$/, 'must be a .conf file in /etc/sysctl.d')
    .default('/etc/sysctl.d/90-trueup.conf'),
});

export type SysctlSpec = z.output<typeof sysctlSpec>;

/**
 * Ensures that kernel parameters have their values, now and after each boot.
 *
 * The running values and the file that sets them at boot are looked at, and changed, each on its own. The file belongs to
 * this step as a whole (root, 0644): all parameters of a host go into one step, or each step gets a `file` of its own. A
 * parameter that leaves the playbook leaves the file; its running value stays until the next boot.
 *
 * Fields: `settings` (required; values are strings or whole numbers), `file` (default `/etc/sysctl.d/90-trueup.conf`).
 *
 * It is blocked where the kernel does not have the parameter (a module that is not loaded yet is brought by a `command`
 * step that `creates` its file in /proc/sys), and where a file that is read later at boot sets another value. Patterns
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
  foretells({ file }, _state, finding) {
    if (finding.status !== 'change') return {};
    const written = finding.changes.some(({ aspect }) => aspect === 'file');
    return written ? { appears: [file], changes: [file] } : {};
  },
});

function nameOf(keys: readonly string[]): string {
  return keys.length <= 3 ? keys.join(', ') : `${keys.slice(0, 2).join(', ')} and ${keys.length - 2} more`;
}

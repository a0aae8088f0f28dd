import { z } from 'zod';
import { setting } from './setting.ts';

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

import { z } from 'zod';

const packageName = z
  .string()
  .regex(/^[^\s@*?[\]-][^\s*?[\]]*$/, 'must be the name of one package: no glob, no group, no option');

export const yumPackageSpec = z
  .strictObject({
    /** Package names, as `dnf install` takes them; what another package provides counts as present. */
    names: z.array(packageName).min(1),
    /** `present` (default), `absent`, or `latest`: the newest that the enabled repositories have. */
    state: z.enum(['present', 'absent', 'latest']).default('present'),
    /** Exactly this version: `2.6.12` or `2.6.12-4.el9`; upgrades or downgrades to it. Only with one name. */
    version: z
      .string()
      .regex(/^[\w.:+~^-]+$/, 'must be a version such as 2.6.12 or 2.6.12-4.el9')
      .optional(),
  })
  .refine(({ names }) => new Set(names).size === names.length, { path: ['names'], error: 'lists one twice' })
  .refine(({ names, version }) => version === undefined || names.length === 1, {
    path: ['version'],
    error: 'goes with exactly one name',
  })
  .refine(({ state, version }) => version === undefined || state === 'present', {
    path: ['version'],
    error: 'goes with state `present` only',
  });

export type YumPackageSpec = z.output<typeof yumPackageSpec>;

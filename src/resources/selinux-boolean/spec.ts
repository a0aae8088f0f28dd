import { z } from 'zod';
import { requiredField } from '../selinux/policy-fields.ts';

const booleanName = z
  .string()
  .regex(/^[A-Za-z]\w*$/, 'expected the name of an SELinux boolean, such as httpd_can_network_connect');

export const booleanSpec = z.strictObject({
  /** One name, or several that are changed together. */
  name: z
    .union([z.string(), z.array(z.string())], 'expected a name or a list of names')
    .transform((name) => (typeof name === 'string' ? [name] : name))
    .pipe(
      z
        .array(booleanName)
        .min(1, 'expected at least one name')
        .refine((names) => new Set(names).size === names.length, 'contains a duplicate'),
    ),
  on: z.boolean(),
  required: requiredField,
});

export type BooleanSpec = z.output<typeof booleanSpec>;

import { z } from 'zod';
import { requiredField } from '../selinux/policy-fields.ts';

export const moduleSpec = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][\w.-]*$/, 'expected the name of a policy module, without .pp or .cil'),
    /** Relative to the root of the project. */
    source: z
      .string()
      .regex(/\.(cil|pp|te)$/, 'expected a file whose name ends with .cil, .pp or .te')
      .optional(),
    state: z.enum(['present', 'absent']).default('present'),
    required: requiredField,
  })
  .refine(({ source, state }) => (source === undefined) === (state === 'absent'), {
    path: ['source'],
    message: "expected a source, or state: 'absent' without one",
  });

export type ModuleSpec = z.output<typeof moduleSpec>;

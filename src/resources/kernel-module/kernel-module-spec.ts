import { z } from 'zod';

export const kernelModuleSpec = z.strictObject({
  /** As lsmod(8) prints it. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]*$/, 'expected the name of a kernel module, such as ip_vs, without .ko')
    .transform((name) => name.replaceAll('-', '_')),
});

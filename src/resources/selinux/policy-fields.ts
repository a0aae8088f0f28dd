import { z } from 'zod';

/** Where SELinux is disabled: false skips the step, true blocks it. */
export const requiredField = z.boolean().default(false);

/** A type of the policy. */
export const typeField = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.]*$/, 'expected the name of an SELinux type, such as http_port_t');

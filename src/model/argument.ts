import { z } from 'zod';
import { holdsSecret, Secret } from './secret.ts';

const WHY = 'holds a secret, and every user of the host can read the arguments of a process (see ps(1))';

/** A word of a command line on a host; `instead`: how to pass a secret there. */
export function argument(instead: string): z.ZodString {
  const message = `${WHY}: ${instead}`;
  return z
    .string({ error: ({ input }) => (input instanceof Secret ? message : undefined) })
    .refine((word) => !holdsSecret(word), { message });
}

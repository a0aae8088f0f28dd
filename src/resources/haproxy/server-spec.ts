import { z } from 'zod';

// What haproxy takes in a name: nothing that could end a command on its socket.
const name = z.string().regex(/^[\w.:-]+$/, 'expected a name of letters, digits and . : _ -');

export const haproxyServerSpec = z.strictObject({
  /** The server's name. */
  server: name,
  /** The `backend` or `listen` section that it is in, or several. Default: all that have a server of this name. */
  backend: z
    .union([name, z.array(name).min(1)])
    .transform((given) => [given].flat())
    .optional(),
  /** `ready`, `drain` (nobody new) or `maint` (nobody new, and no health checks). */
  state: z.enum(['ready', 'drain', 'maint']),
  /** Seconds until no session is left, or the server is up. Default 60; 0: neither is looked at. */
  wait: z.int().min(0).max(86_400).default(60),
  /** The stats socket. Default `/var/lib/haproxy/stats`. */
  socket: z
    .string()
    .regex(/^\/[^\s,:!'"]+$/, 'expected an absolute path')
    .default('/var/lib/haproxy/stats'),
});

export type HaproxyServerSpec = z.output<typeof haproxyServerSpec>;

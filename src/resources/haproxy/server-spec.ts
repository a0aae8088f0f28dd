import { z } from 'zod';

// What haproxy takes in a name: nothing that could end a command on its socket.
const name = z.string().regex(/^[\w.:-]+$/, 'expected a name of letters, digits and . : _ -');

export const haproxyServerSpec = z.strictObject({
  /** The `backend` or `listen` section, or several. */
  backend: z.union([name, z.array(name).min(1)]).transform((given) => [given].flat()),
  /** The server's name there. */
  server: name,
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

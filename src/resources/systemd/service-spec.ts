import { z } from 'zod';
import { unitName } from './unit-name.ts';

const paths = z
  .array(z.string().regex(/^\/[^\n]*[^/\n]$/, 'must be the absolute path of a file'))
  .default([]);

export const systemdServiceSpec = z
  .strictObject({
    /** The unit: `haproxy` or `haproxy.service`; sockets, timers, paths, mounts and targets with their suffix. */
    name: unitName,
    /** Whether it starts at boot. Left out: as it is. */
    enabled: z.boolean().optional(),
    /** Whether it runs now. Left out: as it is. */
    running: z.boolean().optional(),
    /** Files whose change it picks up by a reload (by a restart, if it cannot reload). Default none. */
    reloadOn: paths,
    /** Files whose change it picks up by a restart only, such as drop-ins of its unit. Default none. */
    restartOn: paths,
    /**
     * Words that the unit writes to its journal when a start or reload has failed although systemctl says that it
     * went well: haproxy answers first and reads its files then. Default none.
     */
    failureWords: z.string().min(1).optional(),
  })
  .refine(({ reloadOn, restartOn }) => !reloadOn.some((path) => restartOn.includes(path)), {
    path: ['restartOn'],
    error: 'lists a file that reloadOn lists too',
  });

export type SystemdServiceSpec = z.output<typeof systemdServiceSpec>;

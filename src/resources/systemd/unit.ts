import { z } from 'zod';

/** A unit's name; without a suffix it is a service. */
const unitName = z
  .string()
  .regex(/^[\w@:.\\][\w@:.\\-]*$/, 'must be the name of a systemd unit, such as haproxy or haproxy.service')
  .transform((name) => (SUFFIX.test(name) ? name : `${name}.service`));

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

const SUFFIX = /\.(service|socket|timer|path|mount|target)$/;

/** The names under which its drop-ins may lie: a unit of a template also takes the template's. */
export function dropInNames(unit: string): string[] {
  const template = unit.replace(/@.*(\.\w+)$/, '@$1');
  return [...new Set([unit, template])].map((name) => `${name}.d`);
}

/** What a listed file is now. */
export interface WatchedFile {
  /** `SHA256@MTIME`, `missing`, or `other` for what is no file. */
  readonly sum: string;
  /** When it last changed in any way, in seconds since 1970; undefined for what is not there. */
  readonly changed: number | undefined;
}

/** Written after a verified start, restart or reload: what the process had to read. */
export interface LoadRecord {
  readonly process: string;
  readonly sums: ReadonlyMap<string, string>;
}

/** A systemd unit as it stands, with the files that it reads. */
export interface UnitState {
  /** Its own name, where the one asked for is an alias. */
  readonly id: string;
  /** In systemd's words: `loaded`, `not-found`, `masked`, `error` … */
  readonly load: string;
  readonly loadError: string;
  /** In systemd's words: `active`, `inactive`, `failed`, `activating` … */
  readonly active: string;
  /** In systemd's words: `enabled`, `disabled`, `static` … */
  readonly enablement: string;
  /** A oneshot that is over once it is done: it is never running. */
  readonly passing: boolean;
  readonly canReload: boolean;
  readonly needsDaemonReload: boolean;
  /** The unit's own file and its drop-ins. */
  readonly unitFiles: readonly string[];
  /** Names one run of the unit: it is another one after each start. */
  readonly process: string;
  /** The earliest time, in seconds since 1970, at which this run can have begun; undefined if not known. */
  readonly started: number | undefined;
  readonly record: LoadRecord | undefined;
  readonly files: ReadonlyMap<string, WatchedFile>;
  /** All unit files of the host, if this unit was not found. */
  readonly units: readonly string[];
}

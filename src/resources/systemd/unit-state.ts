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

import type { Command } from './command.ts';

/** What a command on a host answered. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout before it was read as UTF-8. */
  readonly bytes: Buffer;
  /** How long it took there. */
  readonly seconds?: number;
}

export interface ProbeOptions {
  /** Exit codes that are answers; anything else throws a ProbeError. Default [0]. */
  readonly expect?: readonly number[];
  /** Default: nothing (/dev/null). */
  readonly stdin?: string | Buffer;
  /** Variables of its environment; no command line and no output shows them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds until the probe is killed. Default 30. */
  readonly limit?: number;
  /** Its output may hold undeclared secrets, such as password hashes, so it is not logged. */
  readonly confidential?: true;
}

export type FileType = 'file' | 'directory' | 'symlink' | 'other';

/** The SELinux label of a path. */
export interface FileLabel {
  /** Such as `system_u:object_r:etc_t:s0`. */
  readonly context: string;
  /** What restorecon(8) would make of it; undefined where it would leave it. */
  readonly expected?: string;
}

export type FileState =
  | { readonly exists: false }
  | {
      readonly exists: true;
      readonly type: FileType;
      /** Four octal digits, such as '0644'. */
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
      readonly size: number;
      /** `device:inode`, to recognise another object that takes its name later. */
      readonly inode?: string;
      /** Undefined where SELinux is disabled, or the file system has no labels. */
      readonly label?: FileLabel;
      /** Where a symlink points to. */
      readonly target?: string;
      /** Of a regular file. */
      readonly sha256?: string;
      /** Of a regular file of at most 1 MiB, if asked for and its sha256 is not `contentUnless`. */
      readonly content?: Buffer;
      /** Of a folder, if asked for: why nothing is changed in it by this path. */
      readonly refused?: RefusedFolder;
    };

/** A folder that is reached by a symlink which another user of the host can redirect. */
export interface RefusedFolder {
  readonly link: string;
  /** The folder that it leads to. */
  readonly real: string;
}

export interface FileOptions {
  /** Bring the content too, unless its sha256 is this one ('' always brings it). */
  readonly contentUnless?: string;
  /** It is a folder to change something in: check the symlinks on the way. */
  readonly toEnter?: boolean;
}

/** Looks at a host; nothing here changes it. Questions asked side by side travel together. */
export interface Reader {
  /** Run a command that only looks. */
  probe(command: Command, options?: ProbeOptions): Promise<Output>;
  /** Look at a path itself: a symlink is not followed. */
  file(path: string, options?: FileOptions): Promise<FileState>;
}

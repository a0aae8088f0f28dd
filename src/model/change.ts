import type { Command } from './command.ts';

/** The desired state of a file on a host. It is replaced as a whole or not at all. */
export interface RemoteFile {
  readonly path: string;
  readonly content: Buffer;
  /** Four octal digits. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** SELinux context, or type, instead of the one that the policy has for the path. */
  readonly context?: string;
  /** Must exit 0 on the new file before it replaces the old one. `%s` is its path. */
  readonly validate?: Command;
  /** Keep the file that is replaced below /var/lib/trueup/backups. */
  readonly backup?: boolean;
  /** Nothing that the validator says of it is shown or kept: it may quote the content. */
  readonly sensitive?: boolean;
}

/** Something to do on a host, as data. Only the engine performs it. */
export type Action =
  | {
      readonly exec: Command;
      readonly stdin?: string;
      /** Variables of its environment; no command line and no output shows them. */
      readonly env?: Readonly<Record<string, string>>;
      /** Seconds until it is killed. Default 300. */
      readonly limit?: number;
      /** Runs apart from the connection: a lost link does not end it, and we come back for its answer. */
      readonly detached?: boolean;
      /** Undone by this command unless a new connection succeeds right after: for what could lock us out. */
      readonly undo?: Command;
    }
  | { readonly write: RemoteFile };

/** One difference between the actual and the desired state, with the actions that remove it. */
export interface Change {
  /** Which side of the object differs: `content`, `mode`, `running` … Apply acts only on aspects that plan showed. */
  readonly aspect: string;
  /** For people, such as `mode 0600 → 0644`. */
  readonly summary: string;
  /** For `--diff`. */
  readonly before?: string;
  readonly after?: string;
  /** The object appears as a whole: covers every aspect of it. */
  readonly whole?: boolean;
  /** Units that its actions will, or may, restart or stop; `any`: it cannot be determined which. */
  readonly restarts?: readonly string[] | 'any';
  /** Units that its actions reload. */
  readonly reloads?: readonly string[];
  readonly actions: readonly Action[];
}

export type Finding =
  | { readonly status: 'ok' }
  | { readonly status: 'change'; readonly changes: readonly Change[]; readonly note?: string }
  /** Cannot be known before the step `until` has been applied. */
  | { readonly status: 'unknown'; readonly until: string; readonly why: string }
  | { readonly status: 'blocked'; readonly reason: string; readonly advice?: string }
  /** Does not apply to this host, such as a SELinux rule where SELinux is disabled: neither a change nor a failure. */
  | { readonly status: 'skipped'; readonly reason: string };

export const ok: Finding = { status: 'ok' };

/** `ok` if nothing differs. */
export function differs(changes: readonly Change[], note?: string): Finding {
  if (changes.length === 0) return ok;
  return note === undefined ? { status: 'change', changes } : { status: 'change', changes, note };
}

export function unknown(until: string, why: string): Finding {
  return { status: 'unknown', until, why };
}

export function blocked(reason: string, advice?: string): Finding {
  return advice === undefined ? { status: 'blocked', reason } : { status: 'blocked', reason, advice };
}

export function skipped(reason: string): Finding {
  return { status: 'skipped', reason };
}

/** Nothing is to be done: it is as it should be, or does not apply here. */
export function isSettled({ status }: Finding): boolean {
  return status === 'ok' || status === 'skipped';
}

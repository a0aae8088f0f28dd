import type { Reader } from '../../model/index.ts';
import { type GroupEntry, localGroups, readHash, readUser, type UserEntry } from './databases.ts';
import type { UserSpec } from './user-spec.ts';

export interface AccountState {
  readonly local: UserEntry | undefined;
  /** As the host knows it, from whatever source. */
  readonly known: UserEntry | undefined;
  readonly groups: readonly GroupEntry[];
  /** Who has the uid that is asked for. */
  readonly holder: UserEntry | undefined;
  readonly hasShell: boolean;
  /** Only read where a password is asked for. */
  readonly hash: string | undefined;
}

export async function readAccount(
  { name, uid, shell, password }: UserSpec,
  host: Reader,
): Promise<AccountState> {
  const [local, known, groups, holder, program, hash] = await Promise.all([
    readUser(host, 'files', name),
    readUser(host, 'all', name),
    localGroups(host),
    uid === undefined ? undefined : readUser(host, 'all', String(uid)),
    shell === undefined ? undefined : host.file(shell),
    password === undefined ? undefined : readHash(host, name),
  ]);
  return { local, known, groups, holder, hasShell: program?.exists ?? true, hash };
}

import type { Reader } from '../../model/index.ts';

/** A line of passwd(5). */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

/** A line of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** `files`: what lies on the host itself, and useradd and its kin can change; `all`: what else nsswitch.conf names too. */
export type Source = 'files' | 'all';

/** The entry of a name (or, in the databases that have them, of a number). */
export async function readUser(host: Reader, source: Source, key: string): Promise<UserEntry | undefined> {
  return (await entries(host, source, 'passwd', key)).map(userEntry)[0];
}

export async function readGroup(host: Reader, source: Source, key: string): Promise<GroupEntry | undefined> {
  return (await entries(host, source, 'group', key)).map(groupEntry)[0];
}

export async function localUsers(host: Reader): Promise<UserEntry[]> {
  return (await entries(host, 'files', 'passwd')).map(userEntry);
}

export async function localGroups(host: Reader): Promise<GroupEntry[]> {
  return (await entries(host, 'files', 'group')).map(groupEntry);
}

/** The crypt(3) hash of a local user; undefined for one without an entry. */
export async function readHash(host: Reader, name: string): Promise<string | undefined> {
  return (await entries(host, 'files', 'shadow', name))[0]?.[1];
}

type Database = 'passwd' | 'group' | 'shadow';

/** 2 is getent's word for what is not there, but also for a file that it may not read: head says which. */
async function entries(
  host: Reader,
  source: Source,
  database: Database,
  ...key: string[]
): Promise<string[][]> {
  const from = source === 'files' ? ['-s', 'files'] : [];
  const hidden = database === 'shadow' ? { confidential: true as const } : {};
  const [{ stdout }] = await Promise.all([
    host.probe(['getent', ...from, database, ...key], { expect: [0, 2], ...hidden }),
    host.probe(['head', '-c', '0', `/etc/${database}`]),
  ]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(':'));
}

function userEntry([name = '', , uid, gid, comment = '', home = '', shell = '']: string[]): UserEntry {
  return { name, uid: Number(uid), gid: Number(gid), comment, home, shell };
}

function groupEntry([name = '', , gid, members = '']: string[]): GroupEntry {
  return { name, gid: Number(gid), members: members.split(',').filter(Boolean) };
}

import { readFileSync } from 'node:fs';

/** The user who called sudo, where root was had that way: their files are meant. */
export function sudoCaller(): number | undefined {
  const { SUDO_UID = '' } = process.env;
  return process.geteuid?.() === 0 && /^\d+$/.test(SUDO_UID) ? Number(SUDO_UID) : undefined;
}

/** Whether what belongs to this user may be run: it is ours, root's, or of the one who called sudo. */
export function isTrusted(uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === 0 || uid === sudoCaller();
}

/** Whether a group has members who are none of us, as far as this machine's own files say. */
export function isShared(gid: number): boolean {
  if (gid === 0) return false;
  const users = lines('/etc/passwd').map(([name = '', , uid, primary]) => ({
    name,
    isTrusted: isTrusted(Number(uid)),
    primary: Number(primary),
  }));
  const trusted = new Set(users.filter((user) => user.isTrusted).map(({ name }) => name));
  const listed = groups().find((group) => group.gid === gid)?.members ?? [];
  const others = users.filter((user) => user.primary === gid).map(({ name }) => name);
  return [...listed, ...others].some((name) => !trusted.has(name));
}

export function userName(uid: number): string {
  const found = lines('/etc/passwd').find((fields) => Number(fields[2]) === uid);
  return found?.[0] ?? `the user ${uid}`;
}

export function groupName(gid: number): string {
  return groups().find((group) => group.gid === gid)?.name ?? String(gid);
}

function groups(): { name: string; gid: number; members: string[] }[] {
  return lines('/etc/group').map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter(Boolean),
  }));
}

/** The fields of each line; users of a directory service are not in these files. */
function lines(file: string): string[][] {
  try {
    const text = readFileSync(file, 'utf8');
    return text.split('\n').flatMap((line) => (line.includes(':') ? [line.split(':')] : []));
  } catch {
    return [];
  }
}

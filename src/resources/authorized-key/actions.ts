import { createHash } from 'node:crypto';
import { type Action, LABEL_FUNCTIONS, shell } from '../../model/index.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { setAttributes } from '../files/set-attributes.ts';

/**
 * All below a home is done as its user: whatever is put in the way there, a link to a file of root's say, leads no
 * further than the user can go anyway.
 */
const AS_USER = `${LABEL_FUNCTIONS}
runuser -u "$1" -- sh -c "$2" trueup "$3" "$4" "$5" || exit
if selinux_on; then restorecon -R -- "$3/.ssh"; fi`;

const PUT = `umask 077
cd -- "$1" && { [ -d .ssh ] || mkdir .ssh; } && cd .ssh || exit
sum() { sha256sum <"$1" | cut -d' ' -f1; }
if [ -n "$3" ] && [ "$([ -e authorized_keys ] && sum authorized_keys)" != "\${3#none}" ]; then
  echo "authorized_keys has changed in this very moment" >&2; exit 1
fi
new=.trueup-$$~
trap 'rm -f -- "$new"' EXIT
cat >"$new" || exit
[ "$(sum "$new")" = "$2" ] || { echo "only a part of it arrived" >&2; exit 1; }
mv -fT -- "$new" authorized_keys`;

export interface Place {
  readonly user: string;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
}

/** Lands the file whole or not at all; `before` is what it must hold until then, undefined for no file. */
export function putKeys(
  { user, home }: Place,
  text: string,
  before: string | undefined | 'unreadable',
): Action {
  const seen = before === 'unreadable' ? '' : before === undefined ? 'none' : sha256(before);
  return { exec: shell(AS_USER, user, PUT, home, sha256(text), seen), stdin: text };
}

export function restoreLabels({ home }: Place): Action {
  return { exec: ['restorecon', '-R', '--', `${home}/.ssh`] };
}

export function closeFolder({ user, home }: Place): Action {
  return { exec: ['runuser', '-u', user, '--', 'chmod', '0700', `${home}/.ssh`] };
}

/** In a home of root's the user can make nothing. */
export function makeFolder({ home, uid, gid }: Place): Action {
  return makeDirectory({ path: `${home}/.ssh`, mode: '0700', owner: String(uid), group: String(gid) });
}

export function ownFolder({ home, uid, gid }: Place, inode: string): Action {
  return setAttributes({ path: `${home}/.ssh`, kind: 'dir', inode, owner: String(uid), group: String(gid) });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

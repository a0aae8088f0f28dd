import { type Action, orAsOwner, shell } from '../../model/index.ts';
import type { Attributes } from './attributes.ts';
import { IN_ITS_FOLDER } from './path-actions.ts';

const LAND = orAsOwner(`${IN_ITS_FOLDER}
stage $$ || as_owner "\${3%%:*}" "$@" || fail "$why"
m=$({ mkdir new && chown -- "$3" new && chmod -- "$2" new; } 2>&1) || fail "\${m#*: }"
m=$(set_label dir "\${into%/}/$name" new "$4") || fail "$m"
if [ -e "../$name" ] || [ -L "../$name" ]; then fail 'has appeared in the meantime'; fi
m=$(mv -T -- new "../$name" 2>&1) || fail "cannot be put in its place: \${m##*: }"`);

/** Makes a directory, which has owner, mode and SELinux label before it takes its name. */
export function makeDirectory({ path, mode, owner, group, context = '' }: Attributes): Action {
  return { exec: shell(LAND, path, mode, `${owner}:${group}`, context) };
}

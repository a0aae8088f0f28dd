import { quoteWord } from './command.ts';

/** Why a path is refused whose folder is reached by a symlink, with the path to write instead. */
export function refusedSymlink(link: string, realPath: string): string {
  return `${link} is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (${realPath})`;
}

/**
 * Functions of POSIX sh for changes in folders that other users may own. No name that another user can replace is
 * resolved twice: the working directory stays the same folder whatever happens to its name, and what is built or changed is
 * in a folder of root alone. On failure they return 1, with the reason in `why`.
 *
 * `enter FOLDER NAME` makes FOLDER the working directory, to change NAME in it. A symlink on the way is followed if only root
 * may write to the folder that it is in, or if those who may can also change every name of the folder that it leads to; users
 * of an access control list may write to no other folder. The sticky bit does not make a symlink of root's safe: a
 * user can move one there from a folder of their own. If a symlink is refused, `link` is its path and `real` is the folder that it leads to.
 *
 * The kernel says where the working directory is: bash resolves the path that it remembers, which can be fooled. `cd -P` takes
 * `..` and names as the kernel does.
 */
export const ENTER_FUNCTIONS = `here() { readlink /proc/self/cwd; }
enter() {
cd -P -- "$1" 2>/dev/null || { why=$(ls -d -- "$1/." 2>&1); why="$1 cannot be entered: \${why##*: }"; return 1; }
[ "$(here)" = "$1" ] || walk "$@"
}
writers() {
set -- $(stat -c '%u %g %a' .)
w=
[ "$1" = 0 ] || w="u$1"
case $3 in [1357]???) w="$w sticky" ;; esac
case $3 in *[2367]?)
[ "$2" = 0 ] || w="$w g$2"
case $(ls -ld .) in ??????????+*) w="$w acl$(stat -c %d:%i .)" ;; esac
esac
case $3 in *[2367]) w="$w others" ;; esac
echo "$w"
}
walk() {
rest=$1 links=0 by= link= real=
cd / || return
while [ -n "$rest" ]; do
part=\${rest%%/*}
case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
case $part in '' | .) continue ;; ..) cd -P .. || return; continue ;; esac
at=$(here)
if [ -L "./$part" ]; then
links=$((links + 1))
[ "$links" -le 40 ] || { why="$1 has too many symlinks"; return 1; }
to=$(readlink -- "./$part") || { why="$at has changed in this moment"; return 1; }
for w in $(writers); do
[ "$w" = sticky ] || by="$by $w" link=\${at%/}/$part
done
rest=$to/$rest
case $to in /*) cd / ;; esac
else
cd -P -- "./$part" 2>/dev/null && [ "$(here)" = "\${at%/}/$part" ] || { why="\${at%/}/$part is not a directory any more"; return 1; }
fi
done
may=$(writers)
may=" \${may%% sticky*} "
for w in $by; do
case $may in *" $w "*) continue ;; esac
real=$(here)
to=\${real%/}/$2
why="${refusedSymlink('$link', '$to')}"
return 1
done
}`;

/**
 * The functions of ENTER_FUNCTIONS, and more.
 *
 * `stage TOKEN` comes after `enter`. It makes a folder of mode 0700 (vfat may show another), enters it, and sets `into` to the
 * folder that it is in, which is then `..`: build a file here, and move it to `../NAME`. `unstage` removes it; call it in a trap.
 *
 * `as_owner OWNER WORD…` comes after a `stage` that failed, in a script of `orAsOwner`. Where root may not write (NFS with
 * root_squash), and the folder is that of the OWNER whom the new object gets, it runs the script again as this user, with these
 * words. So the user learns nothing, and changes nothing, beyond what is theirs. The script travels in the environment, because all users can
 * read arguments, and it has the sum of the content. Otherwise it returns 1.
 *
 * `hold NAME` comes after `stage`. It makes `held` here a second name of the file or symlink `../NAME`, so that it can be
 * changed while `../NAME` may become something else. Any other name of it, also one that comes and goes meanwhile, is a failure: a
 * user may link files of others into a folder. A link changes the time of the inode, by steps of less than 20 ms.
 */
export const STAGING_FUNCTIONS = `${ENTER_FUNCTIONS}
stage() {
into=$(here) staged=
m=$(mkdir -m 700 -- ".trueup-$1~" 2>&1) || { why="cannot be written: \${m##*: }"; return 1; }
if cd -P -- "./.trueup-$1~" 2>/dev/null && [ "$(here)" = "\${into%/}/.trueup-$1~" ] && [ -O . ] && [ -z "$(ls -A)" ]; then
case $(stat -c %a .) in *[2367] | *[2367]?) ;; *) staged=.trueup-$1~; return ;; esac
fi
why="another user changed $into while it was written to"
return 1
}
as_owner() {
case $why in *': Permission denied') ;; *) return 1 ;; esac
[ "$(id -u)" = 0 ] && [ -n "$1" ] || return
o=$(stat -c %U .)
case $o in root | UNKNOWN) return 1 ;; esac
[ "$1" = "$o" ] || [ "$1" = "$(stat -c %u .)" ] || return
shift
export itself
exec runuser -u "$o" -- sh -c 'eval "$itself"' trueup "$@"
}
unstage() {
[ -n "$staged" ] || return 0
rm -rf -- ./new ./held
rmdir -- "../$staged" 2>/dev/null
staged=
}
hold() {
m=$(ln -P -- "../$1" held 2>&1) || { why="cannot be held: \${m##*: }"; return 1; }
m=$(stat -c '%h %z' held)
sleep 0.02
case $m in '2 '*) [ "$(stat -c %d:%i "../$1")" = "$(stat -c %d:%i held)" ] && [ "$(stat -c '%h %z' held)" = "$m" ] && return ;; esac
why="it has other names (hard links), which another user may have made"
return 1
}`;

/** A script that `as_owner` can run again. */
export function orAsOwner(script: string): string {
  return `itself=${quoteWord(script)}\neval "$itself"`;
}

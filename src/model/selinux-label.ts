import type { FileLabel } from './reader.ts';

/**
 * Functions of POSIX sh for scripts that make something with a path.
 *
 * `selinux_on` succeeds where SELinux is enabled and has loaded a policy; it starts no process.
 *
 * `set_label KIND PATH FILE [CONTEXT]` gives FILE, which will take the name PATH, the label that the policy has for PATH as
 * a `file`, `dir` or `link`. Its folders are no symlinks: the policy has rules for real paths. A CONTEXT goes before the policy:
 * a whole context, or a type alone. It fails with the reason on stdout. A file system
 * without labels is no failure.
 */
export const LABEL_FUNCTIONS = `selinux_on() {
z=
[ ! -e /sys/fs/selinux/enforce ] || read -r z </proc/self/attr/current || :
case $z in *:*) ;; *) return 1 ;; esac
}
set_label() {
selinux_on || return 0
case $4 in
'')
  l=$(matchpathcon -n -m "$1" "$2" 2>&1) || { echo "cannot determine its SELinux label: $l"; return 1; }
  [ "$l" != '<<none>>' ] || return 0
  m=$(chcon -h -- "$l" "$3" 2>&1) ;;
*:*) l=$4 m=$(chcon -h -- "$l" "$3" 2>&1) ;;
*) l=$4 m=$(chcon -h -t "$l" -- "$3" 2>&1) ;;
esac && return
case $m in *'not supported'*) return 0 ;; esac
echo "cannot have its SELinux label $l: \${m##*: }"
return 1
}`;

/** The type of a context such as `system_u:object_r:etc_t:s0`. */
export function typeOf(context: string): string {
  return context.split(':')[2] ?? context;
}

/** What `restorecon -nv` said of a path without symlinks in its folders; undefined where it would leave its label. */
export function relabelling(path: string, said: string): Required<FileLabel> | undefined {
  const text = `\n${said}\n`;
  const forms = [
    [`\nWould relabel ${path} from `, ' to '],
    [`reset ${path} context `, '->'], // EL 7
  ] as const;
  for (const [before, between] of forms) {
    const [context, expected] = text.split(before)[1]?.split('\n')[0]?.split(between) ?? [];
    if (context !== undefined && expected !== undefined) return { context, expected };
  }
  return undefined;
}

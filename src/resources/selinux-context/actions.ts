import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import { markerOf } from './probe.ts';
import { type ContextSpec, FILE_KINDS, placeOf } from './spec.ts';

/**
 * The output goes through a pipe, as the domains of SELinux's own tools may not write to files of ours. The marker lands before
 * the rule, so that no crash between the two leaves files with old labels unnoticed. A rule that the policy itself has is refused
 * by `-a` of older versions of semanage. Arguments: what to do with the rule (`-a`, `-m` or nothing), the marker (nothing: no
 * relabelling), the beginning of the paths, whether that is a whole path, and the words of the rule.
 */
const SET = `export LC_ALL=C
verb=$1 marker=$2 stem=$3 exact=$4 new=
shift 4
if [ -n "$marker" ]; then
  [ -e "$marker" ] || new=yes
  ${OWN_FOLDER}
  own_folder /var/lib/trueup "\${marker%/*}" || exit
  printf '%s\\n' "$stem" | dd of="$marker" conv=fsync 2>/dev/null || exit
fi
if [ -n "$verb" ]; then
  said=$(semanage fcontext "$verb" "$@" 2>&1) || {
    case $said in
      *already*) said=$(semanage fcontext -m "$@" 2>&1) ;;
      *) false ;;
    esac
  } || {
    [ -z "$new" ] || rm -f "$marker"
    printf '%s\\n' "$said" >&2
    exit 1
  }
fi
[ -n "$marker" ] || exit 0
if [ -n "$exact" ]; then set -- "$stem"; else set -- "$stem"*; fi
for path do
  [ -e "$path" ] || continue
  said=$(restorecon -R "$path" 2>&1) && continue
  printf '%s\\n' "$said" >&2
  exit 1
done
rm "$marker"`;

/** Seconds for the labels of many files. */
const LIMIT = 1800;

/** Changes the rule if it differs, and relabels if the spec says so. */
export function contextAction(
  spec: ContextSpec,
  { add, differing }: { readonly add: boolean; readonly differing: boolean },
): Action {
  const { stem, exact } = placeOf(spec);
  const verb = add ? '-a' : '-m';
  const rule =
    spec.type === undefined
      ? ['-e', spec.equals ?? '', spec.pattern]
      : ['-t', spec.type, '-f', FILE_KINDS[spec.files].option, spec.pattern];
  const exec = shell(
    SET,
    differing ? verb : '',
    spec.restore ? markerOf(spec) : '',
    stem,
    exact ? 'exact' : '',
    ...rule,
  );
  return spec.restore ? { exec, limit: LIMIT, detached: true } : { exec };
}

import {
  type Action,
  blocked,
  type Change,
  defineResource,
  differs,
  type Finding,
  OWN_FOLDER,
  type PredictedEffects,
  shell,
} from '../model/index.ts';
import { missingTool, unknownType, whereDisabled } from './selinux/policy.ts';
import {
  type ContextSpec,
  type ContextState,
  contextSpec,
  escaped,
  FILE_KINDS,
  markerOf,
  placeOf,
  readContext,
} from './selinux-context/probe.ts';

/**
 * Ensures that the SELinux policy has a local rule for the labels of files, and relabels the files when the rule changes.
 *
 * Fields:
 * - `pattern` (required): an extended regular expression that matches whole paths, such as `'/srv/www(/.*)?'`. With `equals`, a
 *   plain path.
 * - `type` or `equals` (exactly one): the type of matching files, such as `httpd_sys_content_t`; or another path, such as
 *   `/home`, below which files have the labels that those below `pattern` get, too.
 * - `files`: which of the matching files: `all`, `file`, `directory`, `symlink`, `socket`, `pipe`, `block` or `character`. Default
 *   `all`. Not with `equals`.
 * - `restore`: `true` runs `restorecon -R` on what exists below the literal beginning of the pattern after the rule was added or
 *   changed. `false` only adds the rule: what exists keeps its labels. Default `true`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * Only the rule is compared. A file whose label was changed by hand (chcon) is not found by this step. If a run ends between the rule
 * and the relabelling, a marker below /var/lib/trueup keeps it in the plan. Put the step before those that create the files.
 *
 * The step is blocked if the policy has no such type, if the pattern is below a path that the policy treats as another one
 * (`/usr/lib64` as `/usr/lib`; the message names the right path), and if semanage is missing (package
 * policycoreutils-python-utils, on EL 7 policycoreutils-python), unless an earlier step may bring the type or the tool. Adding a rule
 * takes two to four seconds.
 *
 * See semanage-fcontext(8), restorecon(8), file_contexts(5).
 *
 * @example
 * selinuxContext({ pattern: '/srv/www(/.*)?', type: 'httpd_sys_content_t' })
 * @example
 * selinuxContext({ pattern: '/srv/deploy', equals: '/home' })
 */
export const selinuxContext = defineResource({
  kind: 'selinuxContext',
  schema: contextSpec,
  name: nameOf,
  manages: (spec) => [`selinuxContext:${nameOf(spec)}`],
  read: readContext,
  diff: decideContext,
  effects({ pattern, type, restore }, _state, finding) {
    if (finding.status !== 'change' && finding.status !== 'unknown') return {};
    const rule = type === undefined ? { pattern: `${escaped(pattern)}(/.*)?` } : { pattern, type };
    return { labels: [{ ...rule, restored: restore }] };
  },
});

function nameOf({ pattern, files }: ContextSpec): string {
  return files === 'all' ? pattern : `${pattern} (${files})`;
}

function decideContext(
  spec: ContextSpec,
  state: ContextState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const differing = state.rule !== (spec.type ?? spec.equals);
  const relabel = spec.restore && (differing || state.relabelling);
  return (
    (differing ? refuseRule(spec, state, effects) : undefined) ??
    (relabel && !state.hasRestorecon ? missingTool('restorecon', effects) : undefined) ??
    differs(changesOf(spec, state, { differing, relabel }))
  );
}

function refuseRule(spec: ContextSpec, state: ContextState, effects: PredictedEffects): Finding | undefined {
  if (!state.hasType) return unknownType(spec.type ?? '', state.store, effects);
  return conflict(spec, state) ?? (state.hasSemanage ? undefined : missingTool('semanage', effects));
}

/** As semanage refuses it: such a rule would never match. */
function conflict({ pattern, equals }: ContextSpec, { equivalences }: ContextState): Finding | undefined {
  const above = equivalences.find(([path]) => pattern.startsWith(`${path}/`));
  if (above) {
    const [path, like] = above;
    const advice = `Write ${like}${pattern.slice(path.length)} instead.`;
    return blocked(`the policy treats ${path} as ${like}: a rule for ${pattern} would never match`, advice);
  }
  const below =
    equals === undefined ? undefined : equivalences.find(([path]) => path.startsWith(`${pattern}/`));
  if (!below) return undefined;
  const reason = `the policy treats ${below[0]}, which is below ${pattern}, as ${below[1]}`;
  return blocked(
    reason,
    `Delete that rule with \`semanage fcontext -d ${below[0]}\`, or choose other paths.`,
  );
}

/** The last change carries the command, which does both. */
function changesOf(
  spec: ContextSpec,
  { rule }: ContextState,
  { differing, relabel }: { readonly differing: boolean; readonly relabel: boolean },
): Change[] {
  const wanted = spec.type ?? `as ${spec.equals}`;
  const former = spec.type === undefined && rule !== undefined ? `as ${rule}` : rule;
  const { stem, exact } = placeOf(spec);
  const shown = [
    ...(differing ? [{ aspect: 'rule', summary: `rule: ${former ? `${former} → ` : 'add '}${wanted}` }] : []),
    ...(relabel ? [{ aspect: 'labels', summary: `relabel what exists at ${stem}${exact ? '' : '*'}` }] : []),
  ];
  const action = contextAction(spec, { add: differing && rule === undefined, differing });
  return shown.map((change, at) => ({ ...change, actions: at === shown.length - 1 ? [action] : [] }));
}

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
function contextAction(
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

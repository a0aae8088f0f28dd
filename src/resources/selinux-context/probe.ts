import { createHash } from 'node:crypto';
import { ProbeError, type Reader } from '../../model/index.ts';
import { lookAtPolicy } from '../selinux/look-at-policy.ts';
import { type ContextSpec, FILE_KINDS } from './spec.ts';

export interface ContextState {
  readonly store: string;
  /** The type, or the other path, of the local rule for the pattern. */
  readonly rule: string | undefined;
  /** Paths that the policy treats as others. */
  readonly equivalences: readonly (readonly [path: string, like: string])[];
  /** An earlier run added the rule and did not relabel to the end. */
  readonly relabelling: boolean;
  readonly hasType: boolean;
  readonly hasSemanage: boolean;
  readonly hasRestorecon: boolean;
}

const MARKERS = '/var/lib/trueup/relabel';

/** Says that what the pattern matches is yet to be relabelled. */
export function markerOf({ pattern, files }: Pick<ContextSpec, 'pattern' | 'files'>): string {
  const name = createHash('sha256').update(`${files} ${pattern}`).digest('hex').slice(0, 16);
  return `${MARKERS}/${name}`;
}

const LOOK = `type=$1 marker=$2
contexts=/etc/selinux/$kind/contexts/files
echo '== rules'
local_file "$contexts/file_contexts.local"
echo '== equal'
local_file "$contexts/file_contexts.subs"
echo '== equal in the policy'
local_file "$contexts/file_contexts.subs_dist"
[ -z "$type" ] || unknown_type "$type"
[ ! -d /var/lib/trueup ] || [ -x /var/lib/trueup ] || { echo '/var/lib/trueup cannot be read' >&2; exit 1; }
[ ! -e "$marker" ] || echo '== relabelling'
lacks semanage
lacks restorecon`;

/** Undefined where SELinux is disabled. */
export async function readContext(spec: ContextSpec, host: Reader): Promise<ContextState | undefined> {
  const look = await lookAtPolicy(host, LOOK, spec.type ?? '', markerOf(spec));
  if (!look) return undefined;
  const has = (section: string) => look.section(section) !== undefined;
  const equal = (look.section('equal') ?? []).map(parseEquivalence);
  return {
    store: look.store,
    rule:
      spec.equals === undefined
        ? ruleFor(spec, look.section('rules') ?? [])
        : equal.find(([path]) => path === spec.pattern)?.[1],
    equivalences: [...equal, ...(look.section('equal in the policy') ?? []).map(parseEquivalence)],
    relabelling: has('relabelling'),
    hasType: !has('unknown type'),
    hasSemanage: !has('no semanage'),
    hasRestorecon: !has('no restorecon'),
  };
}

/** Lines such as `/srv/www(/.*)?  --  system_u:object_r:httpd_sys_content_t:s0`, or `<<none>>` instead of the context. */
function ruleFor({ pattern, files }: ContextSpec, lines: readonly string[]): string | undefined {
  const { written } = FILE_KINDS[files];
  const rules = lines.map((line) => {
    const [path, ...rest] = line.trim().split(/\s+/);
    const context = rest.pop();
    if (path === undefined || context === undefined) throw noRule('file_contexts.local', line);
    return { path, kind: rest[0] ?? '', type: context.split(':')[2] ?? context };
  });
  return rules.findLast(({ path, kind }) => path === pattern && kind === written)?.type;
}

/** A line such as `/srv/deploy /home`. */
function parseEquivalence(line: string): readonly [string, string] {
  const [path, like] = line.trim().split(/\s+/);
  if (path === undefined || like === undefined) throw noRule('file_contexts.subs', line);
  return [path, like];
}

function noRule(file: string, line: string): ProbeError {
  return new ProbeError(`${file} of the SELinux policy has a line that is no rule: ${line}`);
}

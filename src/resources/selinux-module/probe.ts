import type { Reader } from '../../model/index.ts';
import { lookAtPolicy } from '../selinux/policy.ts';

export interface ModuleState {
  readonly store: string;
  /** Checksum of the module as the store keeps it; undefined if it is not installed with our priority. */
  readonly installed: string | undefined;
  /** Checksums of a source and of what was installed from it. */
  readonly record: { readonly source: string; readonly installed: string } | undefined;
  readonly isOff: boolean;
  readonly missing: readonly Tool[];
}

const TOOLS = ['semodule', 'checkmodule', 'semodule_package'] as const;
type Tool = (typeof TOOLS)[number];

export function moduleFolder(store: string, name: string): string {
  return `${store}/modules/400/${name}`;
}

export function recordOf(name: string): string {
  return `/var/lib/trueup/selinux-modules/${name}`;
}

/**
 * The store keeps a module as it was given, compressed, in `hll`; or in `cil`, if it was given as CIL. Both stay
 * as they are when the policy is built again. `stored FOLDER` prints the checksum.
 */
export const STORED = `stored() {
  if [ -e "$1/hll" ]; then sha256sum <"$1/hll"; else sha256sum <"$1/cil"; fi
}`;

const LOOK = `${STORED}
name=$1 record=$2
[ ! -d "$store/modules" ] || [ -x "$store/modules" ] || { echo "$store/modules cannot be read" >&2; exit 1; }
if [ -d "$store/modules/400/$name" ]; then
  echo '== installed'
  stored "$store/modules/400/$name" || exit
fi
[ ! -e "$store/modules/disabled/$name" ] || echo '== off'
echo '== record'
local_file "$record"
for tool in ${TOOLS.join(' ')}; do lacks "$tool"; done`;

/** Undefined where SELinux is disabled. */
export async function readModule(name: string, host: Reader): Promise<ModuleState | undefined> {
  const look = await lookAtPolicy(host, LOOK, name, recordOf(name));
  if (!look) return undefined;
  const [source, installed] = look.section('record')?.[0]?.split(' ') ?? [];
  return {
    store: look.store,
    installed: look.section('installed')?.[0]?.split(' ')[0],
    record: source && installed ? { source, installed } : undefined,
    isOff: look.section('off') !== undefined,
    missing: TOOLS.filter((tool) => look.section(`no ${tool}`) !== undefined),
  };
}

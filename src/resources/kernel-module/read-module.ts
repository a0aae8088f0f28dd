import { ABSENT, ProbeError, type Reader, shell } from '../../model/index.ts';
import { type ManagedFileState, readManagedFile } from '../files/managed-file.ts';
import { bootFile } from './boot-file.ts';

/** How the running kernel stands to a module. */
export type Running =
  | { readonly is: 'loaded' | 'built in' | 'loadable' }
  /** It could be loaded, but `rule`, a line of modprobe.d(5), has another command run instead. */
  | { readonly is: 'forbidden'; readonly rule: string }
  | { readonly is: 'absent'; readonly anyModules: boolean }
  | { readonly is: 'nobody can tell' };

export interface ModuleState {
  /** `uname -r`. */
  readonly kernel: string;
  readonly running: Running;
  readonly file: ManagedFileState;
}

/**
 * The last line of what modprobe would do is about the module itself, the others are about what it needs. Only its
 * "not found" means absent, and only where it may read its index: it says so of an index that it may not read, too.
 */
const LOOK = `
export LC_ALL=C
${ABSENT}
name=$1 kernel=$(uname -r) || exit
printf '%s\\n' "$kernel"
if [ -e /proc/modules ] || ! absent /proc/modules; then
  grep -q "^$name " /proc/modules
  case $? in 0) echo loaded; exit 0 ;; 1) ;; *) exit 2 ;; esac
fi
if [ -d "/sys/module/$name" ]; then echo built in; exit 0; fi
command -v modprobe >/dev/null || { echo nobody can tell; exit 0; }
would=$(modprobe -n -v "$name" 2>/dev/null) || {
  said=$(modprobe -n -v "$name" 2>&1)
  case $said in *' not found'*) ;; *) printf '%s\\n' "$said" >&2; exit 2 ;; esac
  index=/lib/modules/$kernel/modules.dep
  if [ ! -e "$index" ] && absent "$index"; then echo absent
  else head -c 0 -- "$index" || exit 2; echo absent, others are there
  fi
  exit 0
}
case $(printf '%s\\n' "$would" | tail -n 1) in
  builtin*) echo built in ;;
  'install '*/true* | 'install '*/false*) printf '%s\\n' "$would" | tail -n 1 ;;
  *) echo loadable ;;
esac`;

export async function readModule(name: string, host: Reader): Promise<ModuleState> {
  const [output, file] = await Promise.all([
    host.probe(shell(LOOK, name)),
    readManagedFile(bootFile(name), host),
  ]);
  const [kernel = '', says = ''] = output.stdout.split('\n').map((line) => line.trim());
  if (says === '') throw new ProbeError(`modprobe gave no whole answer about ${name}`);
  return { kernel, running: runningOf(says), file };
}

function runningOf(says: string): Running {
  if (says === 'loaded' || says === 'built in' || says === 'loadable') return { is: says };
  if (says === 'nobody can tell') return { is: says };
  if (says.startsWith('absent')) return { is: 'absent', anyModules: says !== 'absent' };
  return { is: 'forbidden', rule: says };
}

import { z } from 'zod';
import {
  ABSENT,
  blocked,
  type Change,
  defineResource,
  differs,
  type Finding,
  type PredictedEffects,
  ProbeError,
  type Reader,
  shell,
  unknown,
} from '../model/index.ts';
import {
  diffManagedFile,
  type ManagedFile,
  type ManagedFileState,
  readManagedFile,
} from './files/managed-file.ts';

const kernelModuleSpec = z.strictObject({
  /** As lsmod(8) prints it. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]*$/, 'expected the name of a kernel module, such as ip_vs, without .ko')
    .transform((name) => name.replaceAll('-', '_')),
});

/**
 * Ensures that a module of the kernel is loaded, now and after each boot.
 *
 * - `name`: as lsmod(8) prints it, such as `ip_vs`; `-` and `_` are the same.
 *
 * Loading it and the file that loads it at boot, /etc/modules-load.d/NAME.conf (root, 0644, owned as a whole), are looked
 * at, and changed, each on its own. What is built into the kernel needs neither. Nothing is ever unloaded.
 *
 * It is blocked where the running kernel has no such module: so put it first among the steps of a play, and a host that
 * cannot do its work is told in plan, before anything there is touched. Where an earlier step may bring the module, it is
 * unknown until then. It is blocked too where a file in modprobe.d(5) forbids to load it.
 *
 * See modprobe(8), modules-load.d(5).
 *
 *     kernelModule({ name: 'ip_vs' })
 */
export const kernelModule = defineResource({
  kind: 'kernelModule',
  schema: kernelModuleSpec,
  name: ({ name }) => name,
  manages: ({ name }) => [`module:${name}`, `file:${bootFile(name).path}`],
  read: ({ name }, host) => readModule(name, host),
  diff: ({ name }, state, effects) => decideModule(name, state, effects),
  effects({ name }, { running }, finding) {
    if (finding.status === 'ok') return {};
    const { path } = bootFile(name);
    // What else a module brings, such as parameters in /proc/sys, cannot be asked.
    const loads = running.is !== 'loaded';
    return {
      appears: loads ? [path, `/sys/module/${name}`] : [path],
      changes: [path],
      ...(loads ? { more: true } : {}),
    };
  },
});

function decideModule(name: string, state: ModuleState, effects: PredictedEffects): Finding {
  const { running } = state;
  if (running.is === 'built in') return differs([]);
  if (running.is === 'absent' || running.is === 'nobody can tell') return missing(name, state, effects);
  if (running.is === 'forbidden') return forbidden(name, running.rule, effects);
  const file = diffManagedFile(bootFile(name), state.file, effects);
  if (file.status === 'blocked' || file.status === 'unknown') return file;
  const load = running.is === 'loaded' ? [] : [loading(name)];
  return differs([...load, ...(file.status === 'change' ? atBoot(name, file.changes) : [])]);
}

function loading(name: string): Change {
  return { aspect: 'loaded', summary: 'load it', actions: [{ exec: ['modprobe', name] }] };
}

function atBoot(name: string, changes: readonly Change[]): Change[] {
  const { path } = bootFile(name);
  return changes.map((change) => ({ ...change, summary: `${path}, for each boot: ${change.summary}` }));
}

function missing(name: string, { kernel, running }: ModuleState, effects: PredictedEffects): Finding {
  const soon =
    running.is === 'nobody can tell'
      ? effects.command('modprobe')
      : (effects.below('/lib/modules') ?? effects.below('/usr/lib/modules'));
  if (soon) return unknown(soon.step, `it may bring the module ${name}`);
  if (running.is === 'nobody can tell')
    return blocked(`whether the kernel has the module ${name} cannot be told: modprobe is missing`, KMOD);
  const reason = `the running kernel, ${kernel}, has no module ${name}`;
  return running.is === 'absent' && running.anyModules
    ? blocked(reason, `${WRONG_NAME} ${MORE_MODULES}`)
    : blocked(`${reason}: it has no /lib/modules/${kernel} at all`, NO_MODULES);
}

const KMOD = "Install the package kmod: yumPackage({ names: ['kmod'] }) before this step.";
const WRONG_NAME = 'Look whether the name is right (modprobe -n -v NAME).';
const MORE_MODULES = 'On EL some are in the packages kernel-modules and kernel-modules-extra.';
const NO_MODULES =
  'If a newer kernel was installed, reboot into it. A container has the kernel of its machine: load it there.';

function forbidden(name: string, rule: string, effects: PredictedEffects): Finding {
  const reason = `/etc/modprobe.d forbids the module ${name}: ${rule.replace(/^install /, 'it runs ')} instead`;
  const soon = effects.below('/etc/modprobe.d');
  if (soon) return unknown(soon.step, `as it is now, ${reason}`);
  return blocked(reason, `Take the line \`install ${name} …\` out there, if the host is meant to have it.`);
}

/** How the running kernel stands to a module. */
type Running =
  | { readonly is: 'loaded' | 'built in' | 'loadable' }
  /** It could be loaded, but `rule`, a line of modprobe.d(5), has another command run instead. */
  | { readonly is: 'forbidden'; readonly rule: string }
  | { readonly is: 'absent'; readonly anyModules: boolean }
  | { readonly is: 'nobody can tell' };

interface ModuleState {
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

async function readModule(name: string, host: Reader): Promise<ModuleState> {
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

/** The file that has the module loaded at boot. */
function bootFile(name: string): ManagedFile {
  const content = Buffer.from(`# trueup writes this file as a whole; see modules-load.d(5).\n${name}\n`);
  return { path: `/etc/modules-load.d/${name}.conf`, content, mode: '0644', owner: 'root', group: 'root' };
}

import { z } from 'zod';
import {
  blocked,
  type Change,
  defineResource,
  differs,
  type FileState,
  type Finding,
  type PredictedEffects,
  ProbeError,
  type Reader,
  shell,
  skipped,
  unknown,
} from '../model/index.ts';
import { missingTool } from './selinux/policy.ts';

const MODES = ['enforcing', 'permissive', 'disabled'] as const;
type Mode = (typeof MODES)[number];

const modeSpec = z.strictObject({
  mode: z.enum(MODES),
  /** While a saved mode does not take effect: false skips the step, true blocks it. */
  required: z.boolean().default(false),
});

type ModeSpec = z.output<typeof modeSpec>;

const CONFIG = '/etc/selinux/config';

interface ModeState {
  readonly running: Mode;
  /** Undefined where the file does not say. */
  readonly saved: Mode | undefined;
  readonly config: FileState;
  /** SELINUXTYPE of the file. */
  readonly policy: string;
  readonly hasPolicy: boolean;
  /** The host relabels all files when it boots. */
  readonly relabels: boolean;
  /** Words of the kernel's command line that override the file. */
  readonly kernelWords: readonly string[];
  readonly hasSetenforce: boolean;
}

/** Also for hosts without SELinux: the kernel words come from a file without forks, as all of it. */
const LOOK = `now=disabled
if [ -e /sys/fs/selinux/enforce ]; then
  now=
  read -r now </sys/fs/selinux/enforce
fi
case $now in 1) echo enforcing ;; 0) echo permissive ;; disabled) echo disabled ;; *) exit 1 ;; esac
words=
read -r words </proc/cmdline || [ -n "$words" ] || exit
for word in $words; do
  case $word in selinux=[01] | enforcing=[01]) echo "word $word" ;; esac
done
kind=targeted
if [ -e ${CONFIG} ]; then
  while read -r line || [ -n "$line" ]; do
    case $line in SELINUXTYPE=*) kind=\${line#*=} ;; esac
  done <${CONFIG} || exit
fi
echo "policy $kind"
for file in "/etc/selinux/$kind/policy"/policy.*; do
  [ ! -e "$file" ] || echo 'has policy'
done
[ ! -e /.autorelabel ] || echo relabels
command -v setenforce >/dev/null && echo 'has setenforce'
echo end`;

async function readMode(host: Reader): Promise<ModeState> {
  const [{ stdout }, config] = await Promise.all([
    host.probe(shell(LOOK)),
    host.file(CONFIG, { contentUnless: '' }),
  ]);
  const [first = '', ...lines] = stdout.trim().split('\n');
  const running = MODES.find((mode) => mode === first);
  if (!running || lines.at(-1) !== 'end')
    throw new ProbeError('incomplete output from the look at the SELinux mode');
  const after = (head: string) =>
    lines.flatMap((line) => (line.startsWith(head) ? [line.slice(head.length)] : []));
  return {
    running,
    saved: savedMode(config),
    config,
    policy: after('policy ')[0] ?? '',
    hasPolicy: lines.includes('has policy'),
    relabels: lines.includes('relabels'),
    kernelWords: after('word '),
    hasSetenforce: lines.includes('has setenforce'),
  };
}

/** The first line decides, in letters of any case. */
function savedMode(config: FileState): Mode | undefined {
  if (!config.exists || config.type !== 'file') return undefined;
  if (!config.content) throw new ProbeError(`${CONFIG} is too large to be read`);
  const [, saved = ''] = /^SELINUX=[ \t]*(\w+)/m.exec(config.content.toString()) ?? [];
  return MODES.find((mode) => mode === saved.toLowerCase());
}

/**
 * Ensures that SELinux is enforcing, permissive or disabled, now and after each boot.
 *
 * The running mode and the one saved in /etc/selinux/config are compared, and changed, each on its own. The rest of that file stays as it is.
 *
 * Fields:
 * - `mode` (required): `enforcing`, `permissive` or `disabled`.
 * - `required`: what to do while the mode is saved but does not take effect. `false` reports the step as skipped, with the reason,
 *   and the steps after it go on. `true` blocks it. Default `false`.
 *
 * Between enforcing and permissive a host changes at once. A host that becomes enforcing becomes permissive again unless a
 * new connection succeeds right after the change; only then the mode is saved.
 *
 * From and to disabled the mode is saved only, and takes effect with a reboot, which is up to you. A host that was disabled has files
 * without labels: it relabels all of them while it boots (/.autorelabel), which can take many minutes. Boot it as permissive first,
 * look at the denials, and make it enforcing then. EL 9 and later no longer disable SELinux completely by this file: add `selinux=0` to
 * the kernel's command line (grubby(8)).
 *
 * The words `selinux=0`, `enforcing=0` and `enforcing=1` of the kernel's command line override the file. The step says so, and does
 * not change the command line.
 *
 * The step is blocked if a disabled host has no policy (package selinux-policy-targeted) and no earlier step may bring it: the host
 * would not boot.
 *
 * See selinux(8), setenforce(8), selinux_config(5).
 *
 * @example
 * selinuxMode({ mode: 'enforcing' })
 */
export const selinuxMode = defineResource({
  kind: 'selinuxMode',
  schema: modeSpec,
  name: ({ mode }) => mode,
  manages: () => ['selinuxMode', `file:${CONFIG}`],
  read: (_spec, host) => readMode(host),
  diff: decideMode,
  effects(_spec, _state, finding) {
    const saved = finding.status === 'change' && finding.changes.some(({ aspect }) => aspect === 'saved');
    return saved ? { changes: [CONFIG] } : {};
  },
});

function decideMode({ mode, required }: ModeSpec, state: ModeState, effects: PredictedEffects): Finding {
  const refusal = refuse(mode, state, effects);
  if (refusal) return refusal;
  const changes = [...runningChange(mode, state), ...savedChange(mode, state), ...relabelChange(mode, state)];
  const pending = whatIsPending(mode, state);
  if (changes.length > 0) return differs(changes, pending && `afterwards ${pending.reason}`);
  if (!pending) return differs([]);
  const reason = `${mode} is saved, but ${pending.reason}`;
  return required ? blocked(reason, pending.advice) : skipped(`${reason}. ${pending.advice}`);
}

function refuse(mode: Mode, state: ModeState, effects: PredictedEffects): Finding | undefined {
  const { config, policy, running } = state;
  if (config.exists && config.type !== 'file')
    return blocked(`${CONFIG} is not a regular file`, 'trueup writes that file as a whole: make it one.');
  if (mode === 'disabled') return undefined;
  if (running !== 'disabled')
    return running !== mode && !state.hasSetenforce ? missingTool('setenforce', effects) : undefined;
  if (config.exists && state.hasPolicy) return undefined;
  const soon = effects.below(`/etc/selinux/${policy}`) ?? effects.appears(CONFIG);
  if (soon) return unknown(soon.step, 'it may bring the SELinux policy');
  const advice = "Put yumPackage({ names: ['selinux-policy-targeted'] }) before this step.";
  return blocked(`the host has no SELinux policy (/etc/selinux/${policy}): it would not boot`, advice);
}

/** A host that is locked by its new mode goes back by itself; only after that the mode is saved. */
function runningChange(mode: Mode, { running }: ModeState): Change[] {
  if (running === mode || running === 'disabled' || mode === 'disabled') return [];
  const action =
    mode === 'enforcing'
      ? ({ exec: ['setenforce', '1'], undo: ['setenforce', '0'] } as const)
      : ({ exec: ['setenforce', '0'] } as const);
  return [{ aspect: 'running', summary: `running ${running} → ${mode}`, actions: [action] }];
}

function savedChange(mode: Mode, { saved, running, config }: ModeState): Change[] {
  const isDisabled = !config.exists && running === 'disabled' && mode === 'disabled';
  if (saved === mode || isDisabled) return [];
  const before = contentOf(config);
  const after = withMode(before, mode);
  const {
    owner,
    group,
    mode: bits,
  } = config.exists ? config : { owner: 'root', group: 'root', mode: '0644' };
  const write = { path: CONFIG, content: Buffer.from(after), mode: bits, owner, group };
  const summary = `saved ${saved ?? '(none)'} → ${mode}`;
  return [{ aspect: 'saved', summary, before, after, actions: [{ write }] }];
}

/** What was written while SELinux was disabled has no labels. */
function relabelChange(mode: Mode, { running, relabels }: ModeState): Change[] {
  if (mode === 'disabled' || running !== 'disabled' || relabels) return [];
  const summary = 'relabel all files at the next boot (/.autorelabel)';
  return [{ aspect: 'relabel', summary, actions: [{ exec: ['touch', '/.autorelabel'] }] }];
}

/** Why the host does not have the mode yet, or will not have it after the next boot, although it is saved. */
function whatIsPending(
  mode: Mode,
  { running, kernelWords }: ModeState,
): { readonly reason: string; readonly advice: string } | undefined {
  const word = overriding(mode, kernelWords);
  if (word) {
    const advice = `Remove the word with \`grubby --update-kernel=ALL --remove-args=${word}\`, and reboot.`;
    return { reason: `\`${word}\` on the kernel's command line overrides it at each boot`, advice };
  }
  if (mode === 'disabled' && running !== 'disabled')
    return { reason: `the host is ${running} until it is rebooted`, advice: 'Reboot it.' };
  if (mode !== 'disabled' && running === 'disabled')
    return {
      reason: 'SELinux is disabled until the host is rebooted, which relabels all files',
      advice: 'Reboot it, and allow many minutes.',
    };
  return undefined;
}

/** The last of several words of a kind counts. */
function overriding(mode: Mode, words: readonly string[]): string | undefined {
  const last = (name: string) => words.findLast((word) => word.startsWith(`${name}=`));
  if (mode === 'disabled') return undefined;
  if (last('selinux') === 'selinux=0') return 'selinux=0';
  const enforcing = last('enforcing');
  return enforcing === `enforcing=${mode === 'enforcing' ? 0 : 1}` ? enforcing : undefined;
}

function contentOf(config: FileState): string {
  return config.exists ? (config.content?.toString() ?? '') : '';
}

/** Every line that sets the mode: the first one counts, but people may read another. */
function withMode(content: string, mode: Mode): string {
  if (/^SELINUX=/m.test(content)) return content.replace(/^SELINUX=.*$/gm, `SELINUX=${mode}`);
  const end = content === '' || content.endsWith('\n') ? '' : '\n';
  return `${content}${end}SELINUX=${mode}\n`;
}

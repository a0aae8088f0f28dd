import {
  blocked,
  type Change,
  differs,
  type FileState,
  type Finding,
  type PredictedEffects,
  skipped,
  unknown,
} from '../../model/index.ts';
import { missingTool } from '../selinux/preconditions.ts';
import { CONFIG, type ModeState } from './probe.ts';
import type { Mode, ModeSpec } from './spec.ts';

export function decideMode(
  { mode, required }: ModeSpec,
  state: ModeState,
  effects: PredictedEffects,
): Finding {
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

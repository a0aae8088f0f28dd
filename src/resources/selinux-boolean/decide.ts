import {
  type Action,
  blocked,
  type Change,
  didYouMean,
  differs,
  type Finding,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { mayExtendPolicy, missingTool, whereDisabled } from '../selinux/preconditions.ts';
import type { BooleanState, BooleansState } from './probe.ts';
import type { BooleanSpec } from './spec.ts';

export function decideBooleans(
  spec: BooleanSpec,
  state: BooleansState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const missing = spec.name.filter((name) => state.booleans.get(name)?.running === undefined);
  if (missing.length > 0) return missingBooleans(missing, state, effects);
  const changes = changesOf(spec, state.booleans);
  const noTool = changes.length > 0 && !state.hasSetsebool ? missingTool('setsebool', effects) : undefined;
  return noTool ?? differs(changes);
}

function missingBooleans(
  missing: readonly string[],
  { store, names }: BooleansState,
  effects: PredictedEffects,
): Finding {
  const soon = mayExtendPolicy(effects, store);
  if (soon) return unknown(soon.step, `it may bring the boolean ${missing.join(', ')}`);
  const [first = ''] = missing;
  return blocked(
    `the policy has no boolean ${missing.join(', ')}${didYouMean(first, names)}`,
    'List the booleans of the host with getsebool -a.',
  );
}

/** One change for each value that differs; the last one carries the command, which changes all of them together. */
function changesOf({ name: names, on }: BooleanSpec, booleans: BooleansState['booleans']): Change[] {
  const differing = names.flatMap((name) => {
    const now = booleans.get(name);
    return now && (now.running !== on || now.saved !== on) ? [{ name, ...now }] : [];
  });
  const shown = differing.flatMap((one) => [...changeOf(one, 'running', on), ...changeOf(one, 'saved', on)]);
  const action = setAction(differing, on);
  return shown.map((change, at) => ({ ...change, actions: at === shown.length - 1 ? [action] : [] }));
}

type Differing = BooleanState & { readonly name: string };

function changeOf(now: Differing, side: 'running' | 'saved', on: boolean): Omit<Change, 'actions'>[] {
  if (now[side] === on) return [];
  return [{ aspect: `${side} ${now.name}`, summary: `${now.name} ${side} ${word(now[side])} → ${word(on)}` }];
}

function word(value: boolean | undefined): string {
  if (value === undefined) return '(none)';
  return value ? 'on' : 'off';
}

/** Saving builds the policy again, which takes seconds: not where only the running value differs. */
function setAction(differing: readonly Differing[], on: boolean): Action {
  const save = differing.some(({ saved }) => saved !== on) ? ['-P'] : [];
  const set = (value: (one: Differing) => boolean) =>
    ['setsebool', ...save, ...differing.map((one) => `${one.name}=${value(one) ? 1 : 0}`)] as const;
  const mayLockOut = differing.some(({ name, running }) => running !== on && LOGIN.test(name));
  return mayLockOut
    ? { exec: set(() => on), undo: set(({ running }) => running ?? !on) }
    : { exec: set(() => on) };
}

/** Booleans that decide whether somebody can log in, read the own keys or become root. */
const LOGIN = /ssh|login|home_dirs|secure_mode|polyinstantiation/;

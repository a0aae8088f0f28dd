import {
  blocked,
  type Change,
  differs,
  type Finding,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { attributeChanges } from '../files/attributes.ts';
import { isStopped, type Refused, type RulesSeen, type RulesState } from './look-at-rules.ts';
import { builtInChains, parseSave, type Rule, type RuleList, rulesOf } from './parse-save.ts';
import { isChanged, type Placement, placeRules, removeRules } from './place-rules.ts';
import { jumpNote, placementTexts, placementWords, type RulesSpec, savedPath, toolOf } from './rules-spec.ts';
import { editSaved, restoreAction } from './saved-file.ts';

const NOTHING = parseSave('');

/** Compares what the host shows with what shall be in force and saved there. */
export function decideRules(spec: RulesSpec, state: RulesState, effects: PredictedEffects): Finding {
  if (state.missing !== undefined) return toolMissing(state.missing, effects);
  if ('problem' in state.ours) return blocked(`iptables does not take a rule: ${state.ours.problem}`);
  const { ours, saved = NOTHING } = state;
  if ('problem' in saved) return savedUnusable(spec, saved);
  const unready = firewalldRuns(state, effects) ?? serviceMissing(spec, state, effects);
  if (unready) return unready;
  const chain = missingChain(spec, ours, state.running, saved);
  if (chain) return chain;
  const running = changed(spec, state.running, ours);
  const saving = changed(spec, saved, ours);
  const replaced = willBeReplaced(spec, state, effects);
  if (replaced && othersDiffer(running, saving)) return replaced;
  const file = changedFile(spec, state, saved, saving, effects);
  if ('problem' in file) return savedUnusable(spec, file);
  const note = [jumpNote([...running, ...saving]), serviceNote(spec, state)].filter(Boolean).join('; ');
  const changes = [...runningChange(spec, state.running, running), ...file.changes];
  return differs(changes, note || undefined);
}

function savedUnusable(spec: RulesSpec, { problem }: Refused): Finding {
  const path = savedPath(spec);
  return blocked(
    `${path} cannot be edited: ${problem}`,
    `check it with: ${toolOf(spec)}-restore --test <${path}`,
  );
}

function changed(spec: RulesSpec, list: RuleList, ours: RuleList): Placement[] {
  const chains = [...new Set(ours.rules.map(({ chain }) => chain))];
  return chains
    .map((chain) => {
      const present = rulesOf(list, chain);
      const wanted = rulesOf(ours, chain);
      if (spec.state === 'absent') return removeRules(chain, present, wanted);
      return placeRules(chain, present, wanted, list.chains);
    })
    .filter(isChanged);
}

/** Would other changes of the running list be needed once it is the saved one? */
function othersDiffer(running: readonly Placement[], saving: readonly Placement[]): boolean {
  if (saving.length === 0) return false;
  return running.length === 0 || placementTexts(running).before !== placementTexts(saving).before;
}

function runningChange(spec: RulesSpec, list: RuleList, placements: readonly Placement[]): Change[] {
  if (placements.length === 0) return [];
  return [
    {
      aspect: 'running',
      summary: `in force: ${placementWords(placements)}`,
      ...placementTexts(placements),
      actions: [restoreAction(toolOf(spec), spec.table, list, placements)],
    },
  ];
}

function changedFile(
  spec: RulesSpec,
  state: RulesSeen,
  list: RuleList,
  placements: readonly Placement[],
  effects: PredictedEffects,
): Refused | { readonly changes: Change[] } {
  if (placements.length === 0) return { changes: labelOf(spec, state, effects) };
  const edit = editSaved(toolOf(spec), spec.table, state.file, list, placements);
  if ('problem' in edit) return edit;
  const change: Change = {
    aspect: 'saved',
    summary: `saved in ${savedPath(spec)}: ${placementWords(placements)}`,
    ...placementTexts(placements),
    actions: [edit.action],
  };
  return { changes: [change] };
}

/** The saved file keeps the mode and owner that it has, but not a label that the service may not read. */
function labelOf(spec: RulesSpec, { file }: RulesSeen, effects: PredictedEffects): Change[] {
  if (!file.exists) return [];
  const path = savedPath(spec);
  const changes = attributeChanges({ ...file, path }, file, { kind: 'file', written: false, effects });
  return changes.map((change) => ({ ...change, summary: `${path}: ${change.summary}` }));
}

/** A rule needs its chain, and the one it jumps to, in each of the two lists. */
function missingChain(
  spec: RulesSpec,
  ours: RuleList,
  running: RuleList,
  saved: RuleList,
): Finding | undefined {
  if (spec.state === 'absent') return undefined;
  const lists = [
    { where: 'the running list', chains: running.chains },
    { where: savedPath(spec), chains: saved.chains },
  ];
  for (const { where, chains } of lists) {
    const name = ours.rules.flatMap((rule) => chainsNeeded(spec, ours, rule)).find((one) => !chains.has(one));
    if (name)
      return blocked(`${where} has no chain ${name}`, 'what owns the chain has to make it there first');
  }
  return undefined;
}

function chainsNeeded(spec: RulesSpec, ours: RuleList, rule: Rule): string[] {
  const builtIn: readonly string[] = builtInChains[spec.table];
  const target = rule.target[1] ?? '';
  return [
    ...(builtIn.includes(rule.chain) ? [] : [rule.chain]),
    ...(ours.chains.has(target) ? [target] : []),
  ];
}

const BRING = "yumPackage({ names: ['iptables-services'] }) and iptablesService({}) before it";

function toolMissing(tool: string, effects: PredictedEffects): Finding {
  const bringing = effects.command(tool);
  if (bringing) return unknown(bringing.step, `${tool} is not installed yet`);
  return blocked(`${tool} is not installed`, BRING);
}

/** Where the link lies that keeps firewalld from ever being started. */
export const MASK = '/etc/systemd/system/firewalld.service';

/** firewalld keeps rules of its own and flushes iptables when it starts or stops. */
function firewalldRuns(state: RulesSeen, effects: PredictedEffects): Finding | undefined {
  if (isStopped(state.firewalld)) return undefined;
  const masking = effects.appears(MASK);
  if (masking) return unknown(masking.step, 'firewalld runs until then');
  const advice =
    'iptablesService({}) before it takes over from firewalld; or keep firewalld, and use firewalldPorts instead';
  return blocked('firewalld is running, and it would fight over the rules', advice);
}

function serviceMissing(spec: RulesSpec, state: RulesSeen, effects: PredictedEffects): Finding | undefined {
  if (spec.state === 'absent' || state.service.LoadState !== 'not-found') return undefined;
  const tool = toolOf(spec);
  const bringing = effects.unit(`${tool}.service`);
  if (bringing)
    return unknown(bringing.step, 'iptables-services, which loads the saved rules, is not installed yet');
  return blocked('the saved rules would never be loaded: iptables-services is not installed', BRING);
}

/** A service that starts puts the saved list in the place of the running one, and our rules with it. */
function willBeReplaced(spec: RulesSpec, state: RulesSeen, effects: PredictedEffects): Finding | undefined {
  const service = `${toolOf(spec)}.service`;
  if (state.service.ActiveState === 'active' || effects.pending === undefined) return undefined;
  return unknown(
    effects.pending,
    `${service} may start until then and load the saved list, which lacks rules`,
  );
}

/** What keeps the saved list from being loaded at boot, apart from a missing package. */
function serviceNote(spec: RulesSpec, { service }: RulesSeen): string | undefined {
  if (service.LoadState === 'not-found' || service.UnitFileState === 'enabled') return undefined;
  return `${toolOf(spec)}.service is ${service.UnitFileState || service.LoadState}: saved rules are not loaded at boot`;
}

import { blocked, type Finding, type PredictedEffects, unknown } from '../../model/index.ts';
import type { RulesSeen } from './look-at-rules.ts';
import { isStopped } from './read-units.ts';
import { type RulesSpec, toolOf } from './rules-spec.ts';

const BRING = "yumPackage({ names: ['iptables-services'] }) and iptablesService({}) before it";

export function toolMissing(tool: string, effects: PredictedEffects): Finding {
  const bringing = effects.command(tool);
  if (bringing) return unknown(bringing.step, `${tool} is not installed yet`);
  return blocked(`${tool} is not installed`, BRING);
}

/** Where the link lies that keeps firewalld from ever being started. */
export const MASK = '/etc/systemd/system/firewalld.service';

/** firewalld keeps rules of its own and flushes iptables when it starts or stops. */
export function firewalldRuns(state: RulesSeen, effects: PredictedEffects): Finding | undefined {
  if (isStopped(state.firewalld)) return undefined;
  const masking = effects.appears(MASK);
  if (masking) return unknown(masking.step, 'firewalld runs until then');
  const advice =
    'iptablesService({}) before it takes over from firewalld; or keep firewalld, and use firewalldPorts instead';
  return blocked('firewalld is running, and it would fight over the rules', advice);
}

export function serviceMissing(
  spec: RulesSpec,
  state: RulesSeen,
  effects: PredictedEffects,
): Finding | undefined {
  if (spec.state === 'absent' || state.service.LoadState !== 'not-found') return undefined;
  const tool = toolOf(spec);
  const bringing = effects.unit(`${tool}.service`);
  if (bringing)
    return unknown(bringing.step, 'iptables-services, which loads the saved rules, is not installed yet');
  return blocked('the saved rules would never be loaded: iptables-services is not installed', BRING);
}

/** A service that starts puts the saved list in the place of the running one, and our rules with it. */
export function willBeReplaced(
  spec: RulesSpec,
  state: RulesSeen,
  effects: PredictedEffects,
): Finding | undefined {
  const service = `${toolOf(spec)}.service`;
  if (state.service.ActiveState === 'active' || effects.pending === undefined) return undefined;
  return unknown(
    effects.pending,
    `${service} may start until then and load the saved list, which lacks rules`,
  );
}

/** What keeps the saved list from being loaded at boot, apart from a missing package. */
export function serviceNote(spec: RulesSpec, { service }: RulesSeen): string | undefined {
  if (service.LoadState === 'not-found' || service.UnitFileState === 'enabled') return undefined;
  return `${toolOf(spec)}.service is ${service.UnitFileState || service.LoadState}: saved rules are not loaded at boot`;
}

import { blocked, type Finding, type Foretold, unknown } from '../../model/index.ts';
import type { RulesSeen } from './look-at-rules.ts';
import { type RulesSpec, toolOf } from './rules-spec.ts';

const BRING = (tool: string) =>
  `yumPackage({ names: ['iptables-services'] }) before it, and systemdService({ name: '${tool}', enabled: true, running: true }) after it`;

export function toolMissing(tool: string, foretold: Foretold): Finding {
  const bringing = foretold.command(tool);
  if (bringing) return unknown(bringing.step, `${tool} is not installed yet`);
  return blocked(`${tool} is not installed`, BRING(tool));
}

/** firewalld keeps rules of its own and flushes iptables when it starts or stops. */
export function firewalldRuns(state: RulesSeen, foretold: Foretold): Finding | undefined {
  if (['inactive', 'failed'].includes(state.firewalld.ActiveState ?? '')) return undefined;
  const masking = foretold.appears('/etc/systemd/system/firewalld.service');
  if (masking) return unknown(masking.step, 'firewalld runs until then');
  const advice =
    'disable and mask firewalld by hand (it may be what lets you in), or keep it and write the rules for it';
  return blocked('firewalld is running, and it would fight over the rules', advice);
}

export function serviceMissing(spec: RulesSpec, state: RulesSeen, foretold: Foretold): Finding | undefined {
  if (spec.state === 'absent' || state.service.LoadState !== 'not-found') return undefined;
  const tool = toolOf(spec);
  const bringing = foretold.unit(`${tool}.service`);
  if (bringing)
    return unknown(bringing.step, 'iptables-services, which loads the saved rules, is not installed yet');
  return blocked('the saved rules would never be loaded: iptables-services is not installed', BRING(tool));
}

/** A service that starts puts the saved list in the place of the running one, and our rules with it. */
export function willBeReplaced(spec: RulesSpec, state: RulesSeen, foretold: Foretold): Finding | undefined {
  const service = `${toolOf(spec)}.service`;
  if (state.service.ActiveState === 'active' || foretold.pending === undefined) return undefined;
  return unknown(
    foretold.pending,
    `${service} may start until then and load the saved list, which lacks rules`,
  );
}

/** What keeps the saved list from being loaded at boot, apart from a missing package. */
export function serviceNote(spec: RulesSpec, { service }: RulesSeen): string | undefined {
  if (service.LoadState === 'not-found' || service.UnitFileState === 'enabled') return undefined;
  return `${toolOf(spec)}.service is ${service.UnitFileState || service.LoadState}: saved rules are not loaded at boot`;
}

import { blocked, type Change, type Finding, type PredictedEffects, unknown } from '../../model/index.ts';
import type { RulesSeen } from '../iptables/look-at-rules.ts';
import { type RuleList, rulesOf } from '../iptables/parse-save.ts';
import { type Placement, placeRules } from '../iptables/place-rules.ts';
import { placementTexts, placementWords, toolOf } from '../iptables/rules-spec.ts';
import { editSaved } from '../iptables/saved-file.ts';
import { arrival, permits } from './permits.ts';
import type { ServiceUnit } from './read-service.ts';
import { SPECS, type Surroundings } from './read-service.ts';

/** A saved list that is about to be loaded, with the port of this connection open. */
export interface Opened {
  readonly unit: ServiceUnit;
  readonly running: RuleList;
  readonly list: RuleList;
  readonly change: Change | undefined;
}

/** The saved lists of the services that are to be started; or why one of them cannot be. */
export function openSaved(
  units: readonly ServiceUnit[],
  around: Surroundings,
  effects: PredictedEffects,
): Opened[] | Finding {
  const opened: Opened[] = [];
  for (const unit of units) {
    const one = openOne(unit, around, effects);
    if ('status' in one) return one;
    opened.push(one);
  }
  return opened;
}

function openOne(unit: ServiceUnit, around: Surroundings, effects: PredictedEffects): Opened | Finding {
  const path = `/etc/sysconfig/${unit.replace('.service', '')}`;
  const soon = effects.changes(path) ?? effects.appears(path);
  if (soon) return unknown(soon.step, `it ${soon.certain ? 'writes' : 'may write'} ${path}`);
  const seen = around.lists.get(unit);
  if (seen === undefined || seen.missing !== undefined) {
    return blocked(`${unit} is there, but ${seen?.missing ?? 'its tool'} is not installed`);
  }
  const { saved, running } = seen;
  if (saved === undefined) return blocked(`${path} is not there: ${unit} cannot start without it`, RESTORE);
  if ('problem' in saved) {
    const advice = `check it with: ${unit.replace('.service', '')}-restore --test <${path}`;
    return blocked(`${path} cannot be loaded: ${saved.problem}`, advice);
  }
  return opened(unit, path, { ...seen, saved, running }, around);
}

const RESTORE = 'write it with a file step, or bring it back with: dnf reinstall iptables-services';

function opened(
  unit: ServiceUnit,
  path: string,
  { saved, running, file }: RulesSeen & { readonly saved: RuleList },
  { connection: { client, server, port } }: Surroundings,
): Opened | Finding {
  const spec = SPECS[unit];
  const ours = client.includes(':') === (spec.family === 'ipv6') ? [client, server] : [];
  const tcp = { protocol: 'tcp', port };
  if (permits(saved, arrival(tcp, ...ours))) return { unit, running, list: saved, change: undefined };
  const placement = placeRules('INPUT', rulesOf(saved, 'INPUT'), [arrival(tcp)], saved.chains);
  const edit = editSaved(toolOf(spec), 'filter', file, saved, [placement]);
  if ('problem' in edit) return blocked(`${path} cannot be edited: ${edit.problem}`);
  const change = {
    aspect: `saved ${unit}`,
    summary: `saved in ${path}: ${placementWords([placement])}, for port ${port}, by which we came`,
    ...placementTexts([placement]),
    actions: [edit.action],
  };
  return { unit, running, list: withPlacement(saved, placement), change };
}

function withPlacement(list: RuleList, { chain, after }: Placement): RuleList {
  const others = list.rules.filter((rule) => rule.chain !== chain);
  return { ...list, rules: [...after.map(({ rule }) => rule), ...others] };
}

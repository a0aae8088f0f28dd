import {
  type Action,
  blocked,
  type Change,
  differs,
  type Finding,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { type Item, itemsOf, itemWords, type PortsSpec } from './ports-spec.ts';
import { LISTS, type ListName, type PortsSeen, type PortsState } from './read-ports.ts';

const BRING =
  "yumPackage({ names: ['firewalld'] }) and systemdService({ name: 'firewalld', enabled: true, running: true }) before it";

/** Compares the zone's two lists with what shall be let in. */
export function decidePorts(spec: PortsSpec, state: PortsState, effects: PredictedEffects): Finding {
  if (state.problem !== undefined) return notReady(spec, state.problem, effects);
  if (state.refused !== undefined && spec.state === 'present') return refused(state.refused, effects);
  return differs(LISTS.flatMap((list) => changeOf(spec, state, list)));
}

function notReady(
  { zone }: PortsSpec,
  problem: 'missing' | 'stopped' | 'no zone',
  effects: PredictedEffects,
): Finding {
  if (problem === 'no zone') {
    const soon = effects.below('/etc/firewalld');
    if (soon) return unknown(soon.step, `firewalld has no zone ${zone} yet`);
    const advice = `make it: firewall-cmd --permanent --new-zone=${zone} && firewall-cmd --reload`;
    return blocked(`firewalld has no zone ${zone}, or has it in one of its two lists only`, advice);
  }
  const soon =
    (problem === 'missing' && effects.command('firewall-cmd')) || effects.runs('firewalld.service');
  const what = problem === 'missing' ? 'is not installed' : 'does not run';
  if (soon) return unknown(soon.step, `firewalld ${what} until then`);
  return blocked(`firewalld ${what}`, `${BRING}; or iptablesRules, where iptables has taken over`);
}

function refused(words: string, effects: PredictedEffects): Finding {
  const soon = effects.below('/etc/firewalld');
  if (soon) return unknown(soon.step, `as it is now, firewalld says ${words}`);
  return blocked(
    `firewalld does not take it: ${words}`,
    'see: firewall-cmd --get-services; man firewalld.richlanguage',
  );
}

function changeOf(spec: PortsSpec, { zone, has }: PortsSeen, list: ListName): Change[] {
  const present = spec.state === 'present';
  const items = itemsOf(spec).filter((item) => has[list].has(item) !== present);
  if (items.length === 0) return [];
  const sign = present ? '+' : '-';
  const where = list === 'runtime' ? 'in force' : 'saved';
  return [
    {
      aspect: list,
      summary: `${where} in zone ${zone}: ${items.map((item) => `${sign}${itemWords(item)}`).join(', ')}`,
      actions: items.map((item) => action(list, zone, item, present)),
    },
  ];
}

function action(list: ListName, zone: string, item: Item, present: boolean): Action {
  const saved = list === 'permanent' ? ['--permanent'] : [];
  const verb = (add: boolean) =>
    ['firewall-cmd', ...saved, `--zone=${zone}`, `--${add ? 'add' : 'remove'}-${item}`] as const;
  const exec = verb(present);
  return list === 'runtime' && mayLockOut(item, present) ? { exec, undo: verb(!present) } : { exec };
}

/** What only lets in more cannot; a rich rule may also drop. */
function mayLockOut(item: Item, present: boolean): boolean {
  return !present || (item.startsWith('rich-rule=') && !/ accept\b/.test(item));
}

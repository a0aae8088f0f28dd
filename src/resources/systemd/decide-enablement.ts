import type { Change } from '../../model/index.ts';
import type { SystemdServiceSpec } from './service-spec.ts';
import type { UnitState } from './unit-state.ts';

/** `alias`: the unit goes by this name because it is enabled. */
const ENABLED = ['enabled', 'alias'];

export function decideEnablement({ enabled }: SystemdServiceSpec, { id, enablement }: UnitState): Change[] {
  const untilReboot = enablement === 'enabled-runtime';
  if (enabled === true && !ENABLED.includes(enablement)) {
    const summary = `enable ${id}${untilReboot ? ', which is so only until the next boot' : ''}`;
    return [{ aspect: 'enabled', summary, actions: [{ exec: ['systemctl', 'enable', id] }] }];
  }
  if (enabled !== false || !(ENABLED.includes(enablement) || untilReboot)) return [];
  const runtime = untilReboot ? (['--runtime'] as const) : [];
  const exec = ['systemctl', 'disable', ...runtime, id] as const;
  return [{ aspect: 'enabled', summary: `disable ${id}`, actions: [{ exec }] }];
}

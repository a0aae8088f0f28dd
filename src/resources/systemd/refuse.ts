import { blocked, type Finding, type PredictedEffects, unknown } from '../../model/index.ts';
import type { SystemdServiceSpec } from './service-spec.ts';
import type { UnitState } from './unit-state.ts';

/** Why what is wanted of the unit cannot be; an earlier step that changes its files may change that. */
export function refuse(
  spec: SystemdServiceSpec,
  state: UnitState,
  effects: PredictedEffects,
): Finding | undefined {
  const reason =
    whyNotLoaded(state) ?? whyNotRunning(spec, state) ?? whyNotEnabled(spec, state) ?? whyNotWatched(state);
  if (!reason) return undefined;
  const soon = state.unitFiles.map((path) => effects.below(path)).find(Boolean);
  return soon ? unknown(soon.step, `as it is now, ${reason.text}`) : blocked(reason.text, reason.advice);
}

interface Reason {
  readonly text: string;
  readonly advice?: string;
}

function whyNotLoaded({ id, load, loadError }: UnitState): Reason | undefined {
  if (load === 'loaded' || load === 'masked') return undefined;
  const text = `systemd cannot load ${id}: ${loadError || load}`;
  return { text, advice: `See on the host what \`systemd-analyze verify ${id}\` says.` };
}

function whyNotRunning({ running }: SystemdServiceSpec, { id, passing }: UnitState): Reason | undefined {
  if (!running || !passing) return undefined;
  const text = `${id} is a oneshot that is over once it is done: it cannot be kept running`;
  return { text, advice: 'Leave `running` out, or give the unit RemainAfterExit=yes.' };
}

const CANNOT_ENABLE: Readonly<Record<string, readonly [why: string, advice?: string]>> = {
  static: ['it has no [Install] section, and starts when another unit wants it'],
  indirect: ['it is enabled through another unit', 'Name the unit that its Also= names.'],
  generated: [
    'it is generated, from a SysV script or /etc/fstab',
    'A SysV script is enabled by `chkconfig NAME on`.',
  ],
  transient: ['it exists only until the next boot'],
  bad: [
    'systemd cannot read its unit file, or it is a SysV script',
    'A SysV script is enabled by `chkconfig NAME on`.',
  ],
};

function whyNotEnabled({ enabled }: SystemdServiceSpec, { id, enablement }: UnitState): Reason | undefined {
  const [why, advice] = (enabled && CANNOT_ENABLE[enablement]) || [];
  if (why === undefined) return undefined;
  const text = `${id} cannot be enabled: ${why}`;
  return { text, advice: advice ?? 'Leave `enabled` out.' };
}

function whyNotWatched({ files }: UnitState): Reason | undefined {
  const other = [...files].find(([, { sum }]) => sum === 'other')?.[0];
  if (other === undefined) return undefined;
  return { text: `${other} is not a file`, advice: 'reloadOn and restartOn take files: list those in it.' };
}

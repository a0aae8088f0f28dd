import {
  blocked,
  type Change,
  didYouMean,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import { runUnit } from './run-unit.ts';
import { dropInNames, type SystemdServiceSpec, type UnitState } from './unit.ts';

export function decideService(
  spec: SystemdServiceSpec,
  state: UnitState,
  effects: PredictedEffects,
): Finding {
  if (state.load === 'not-found') return decideMissing(spec, state, effects);
  const refusal = refuse(spec, state, effects);
  if (refusal) return refusal;
  return differs([
    ...unmask(spec, state),
    ...daemonReload(state, effects),
    ...decideEnablement(spec, state),
    ...decideRunning(spec, state, effects),
  ]);
}

function unmask({ enabled, running }: SystemdServiceSpec, { id, load, enablement }: UnitState): Change[] {
  if (load !== 'masked' || !(enabled || running)) return [];
  const command = ['systemctl', 'unmask'] as const;
  const actions = enablement === 'masked-runtime' ? [{ exec: [...command, '--runtime', id] as const }] : [];
  return [{ aspect: 'masked', summary: `unmask ${id}`, actions: [{ exec: [...command, id] }, ...actions] }];
}

function daemonReload({ id, unitFiles, needsDaemonReload }: UnitState, effects: PredictedEffects): Change[] {
  const soon = unitFilesChange(id, unitFiles, effects);
  if (!needsDaemonReload && !soon) return [];
  const summary = `daemon-reload: the files of ${id} ${needsDaemonReload ? 'have changed' : 'will change'}`;
  return [{ aspect: 'daemon-reload', summary, actions: [{ exec: ['systemctl', 'daemon-reload'] }] }];
}

const FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system'];

/** Only what is certain: "anything may appear" would put a daemon-reload into every plan. */
export function unitFilesChange(
  id: string,
  unitFiles: readonly string[],
  effects: PredictedEffects,
): boolean {
  const places = FOLDERS.flatMap((folder) => [id, ...dropInNames(id)].map((name) => `${folder}/${name}`));
  return [...unitFiles, ...places].some((path) => effects.below(path)?.certain === true);
}

/** `alias`: the unit goes by this name because it is enabled. */
const ENABLED = ['enabled', 'alias'];

function decideEnablement({ enabled }: SystemdServiceSpec, { id, enablement }: UnitState): Change[] {
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

/** There is no such unit: an earlier step must bring it, or nothing may be wanted of it. */
function decideMissing(
  spec: SystemdServiceSpec,
  { id, units }: UnitState,
  effects: PredictedEffects,
): Finding {
  const soon = effects.unit(id);
  const wanted = spec.enabled || spec.running;
  if (!soon) return wanted ? noUnit(id, units) : ok;
  if (!soon.certain) return unknown(soon.step, `it may bring ${id}`);
  return wanted ? differs([appearance(spec, id, soon.step)]) : unknown(soon.step, `it brings ${id}`);
}

function noUnit(id: string, units: readonly string[]): Finding {
  return blocked(
    `there is no unit ${id}${didYouMean(id, units)}`,
    'Add a step before this one that brings it: a yumPackage, or a file in /etc/systemd/system.',
  );
}

function appearance(spec: SystemdServiceSpec, id: string, step: string): Change {
  const { enabled, running } = spec;
  const verbs = [enabled && 'enable', running && 'start'].filter(Boolean).join(' and ');
  return {
    aspect: 'unit',
    whole: true,
    summary: `${verbs} ${id}, which ${step} brings`,
    actions: [
      ...(enabled ? [{ exec: ['systemctl', 'enable', id] as const }] : []),
      ...(running ? [runUnit('start', id, spec)] : []),
    ],
  };
}

/** Why what is wanted of the unit cannot be; an earlier step that changes its files may change that. */
function refuse(spec: SystemdServiceSpec, state: UnitState, effects: PredictedEffects): Finding | undefined {
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

const RUNNING = ['active', 'reloading', 'refreshing'];
const STOPPED = ['inactive', 'failed'];

function decideRunning(spec: SystemdServiceSpec, state: UnitState, effects: PredictedEffects): Change[] {
  const { id, active } = state;
  if (spec.running === false) {
    if (STOPPED.includes(active)) return [];
    const actions = [{ exec: ['systemctl', 'stop', id] as const }];
    return [{ aspect: 'running', summary: `stop ${id}`, actions, restarts: [id] }];
  }
  if (RUNNING.includes(active)) return decideFreshness(spec, state, effects);
  if (!spec.running) return [];
  const actions = [runUnit('start', id, spec)];
  return [{ aspect: 'running', summary: `start ${id}, which is ${active}`, actions }];
}

/** A restart brings what a reload would: where both are due, only the restart is done, but both are shown. */
function decideFreshness(spec: SystemdServiceSpec, state: UnitState, effects: PredictedEffects): Change[] {
  const { id, canReload } = state;
  const reload = staleFiles(state, spec.reloadOn, effects);
  const restart = staleFiles(state, spec.restartOn, effects);
  const why = canReload ? restart : [...restart, ...reload.map((one) => `${one} (it cannot reload)`)];
  const restarts = change('restart', why, [runUnit('restart', id, spec)], { restarts: [id] });
  const reloads = change('reload', canReload ? reload : [], [runUnit('reload', id, spec)], { reloads: [id] });
  return restarts.length > 0 ? [...reloads.map(covered), ...restarts] : reloads;
}

function change(
  aspect: string,
  why: readonly string[],
  actions: Change['actions'],
  units: Pick<Change, 'restarts' | 'reloads'>,
): Change[] {
  return why.length === 0 ? [] : [{ aspect, summary: `${aspect}: ${why.join('; ')}`, actions, ...units }];
}

function covered(reload: Change): Change {
  return { ...reload, summary: `${reload.summary}; the restart covers it`, actions: [], reloads: [] };
}

/** A file's time of change comes from a clock that ticks every few ms, and lags behind the other by as much. */
const TIE = 0.05;

/** The listed files that the running unit has not read as they are, or will not have by then, each with why. */
function staleFiles(state: UnitState, paths: readonly string[], effects: PredictedEffects): string[] {
  return paths.flatMap((path) => {
    if (isStale(state, path)) return [`${path} has changed since it was read`];
    const touched = isRecorded(state, path) ? undefined : effects.touches(path);
    const missing = state.files.get(path)?.sum === 'missing';
    const prediction = effects.changes(path) ?? (missing ? effects.appears(path) : touched);
    if (!prediction) return [];
    return [`${path} ${prediction.certain ? 'will' : 'may'} ${missing ? 'appear' : 'change'}`];
  });
}

/**
 * systemd cannot be asked when a unit last reloaded well. The record says what this very process has read; where
 * it says nothing, a file that changed after the start (a tie counts as after) has not been read.
 */
function isStale(state: UnitState, path: string): boolean {
  const { record, started, files } = state;
  const file = files.get(path);
  if (!file) return false;
  if (isRecorded(state, path)) return record?.sums.get(path) !== file.sum;
  if (file.changed === undefined) return false;
  return started === undefined || file.changed + TIE >= started;
}

function isRecorded({ record, process }: UnitState, path: string): boolean {
  return record?.process === process && record.sums.has(path);
}

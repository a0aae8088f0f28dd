import { type Finding, type Play, unknown } from '../model/index.ts';
import { concurrently } from './concurrently.ts';
import { diffStep, diffSteps, type Looked } from './diff-steps.ts';
import { type HostPlays, type PreparedHook, prepareHooks } from './host-plays.ts';
import { pendingUnits } from './pending-units.ts';
import { isUnfinished, type PlannedStep } from './planned-step.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';

/** Makes the plan: looks at all hosts side by side, once each, and changes nothing. */
export async function planHosts(
  hosts: readonly HostPlays[],
  context: RunContext,
  state: RunState,
): Promise<void> {
  const cleanup = context.selection ? [] : hosts.flatMap((plays) => cleanupOf(plays));
  await concurrently(hosts, context.forks, async (plays) => {
    const { host } = plays;
    context.listener({ type: 'host-started', host: host.name, doing: 'planning' });
    const here = cleanup.filter(({ on }) => on.name === host.name);
    await state.guard(host, () => planHost(plays, here, context, state));
    const result = { ...state.part(host), execs: context.sessions.execs(host) };
    context.listener({ type: 'host-finished', host: host.name, result });
  });
  addUnfinished(cleanup, state);
}

/** An `after` step with nothing pending, which must always hold, and the finding of the look at it. */
interface Cleanup extends Omit<PlannedStep, 'finding'> {
  finding: Finding;
}

/** One look at the steps of a host, and at the cleanup of others that runs on it. */
async function planHost(
  plays: HostPlays,
  cleanup: readonly Cleanup[],
  context: RunContext,
  state: RunState,
): Promise<void> {
  const { host } = plays;
  const expanded = await plays.expanded();
  const lines = expanded.flatMap(({ play, steps }) => steps.map((step) => ({ play, step })));
  const looks = [...lines, ...cleanup].map(({ step }) => step.look);
  const looked: readonly Looked[] = await context.sessions.of(host).read(looks);
  const steps = lines.map(({ step }) => step);
  const findings = diffSteps(steps, looked.slice(0, steps.length));
  for (const [index, line] of lines.entries())
    state.add({ ...line, host, on: host, phase: 'change', finding: findings[index] as Finding });
  for (const [index, each] of cleanup.entries())
    each.finding = diffStep(looked[steps.length + index] as Looked);
  for (const { play } of expanded)
    if (state.isDue(host, play)) state.add(...(await hooksOf(plays, play, context, state)));
}

/** The hooks around a host's change, which may depend on what the change does to its units. */
function hooksOf(
  plays: HostPlays,
  play: Play,
  { project }: RunContext,
  state: RunState,
): Promise<PlannedStep[]> {
  const { host } = plays;
  const { rollout } = play;
  if (!rollout) return Promise.resolve([]);
  const pending = pendingUnits(state.steps(host, 'change', play));
  return plays.withFacts(async (facts) => {
    const before = await prepareHooks(rollout.before(host, facts, pending), project);
    const after = await prepareHooks(rollout.after(host, facts, pending), project);
    return [
      ...before.flatMap((hook) => hookSteps(plays, play, 'before', hook)),
      ...after.flatMap((hook) => hookSteps(plays, play, 'after', hook)),
    ];
  });
}

function cleanupOf(plays: HostPlays): Cleanup[] {
  return plays.cleanup.flatMap(({ play, hook }) => hookSteps(plays, play, 'after', hook));
}

function hookSteps(
  { host }: HostPlays,
  play: Play,
  phase: 'before' | 'after',
  hook: PreparedHook,
): PlannedStep[] {
  const { hosts, step, ifDone } = hook;
  const finding = unknown(`the change of ${host.name}`, 'it runs then');
  return hosts.map((on) => ({ host, play, phase, on, step, ifDone, finding }));
}

/** Plans to finish what an earlier run has left: where the host is not due, all of its cleanup, in its order. */
function addUnfinished(cleanup: readonly Cleanup[], state: RunState): void {
  for (const { host, play } of cleanup.filter(isUnfinished)) {
    const mine = cleanup.filter((each) => each.host.name === host.name && each.play === play);
    const planned = state.steps(host, 'after', play);
    const found = (step: PlannedStep) =>
      mine.find((each) => isSame(each, step) && isUnfinished(each)) ?? step;
    const missing = mine.filter((each) => !planned.some((step) => isSame(each, step)));
    const others = state.isDue(host, play) ? missing.filter(isUnfinished) : missing;
    state.replaceAfter(host, play, [...planned.map(found), ...others]);
  }
}

function isSame(a: PlannedStep, b: PlannedStep): boolean {
  return a.step.label === b.step.label && a.on.name === b.on.name;
}

import { mask, ok, type StepResult, TrueupError } from '../model/index.ts';
import { applySteps } from './apply-steps.ts';
import { failureFrom } from './command-failure.ts';
import { diffStep } from './diff-steps.ts';
import type { HostSession } from './host-session.ts';
import type { PlannedStep } from './planned-step.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';
import { StepExecutor } from './step-executor.ts';
import { failedResult, hasFailed, hookResult, notRun, plannedResult } from './step-result.ts';

const EARLIER_FAILED = 'not run: what goes before it has failed';
const UNREACHABLE = 'not run: the host cannot be reached; the next apply does it';

/** The hooks before a host's change, up to the first that fails. Returns that one. */
export async function runBefore(
  hooks: readonly PlannedStep[],
  context: RunContext,
  state: RunState,
): Promise<PlannedStep | undefined> {
  await runHooks(hooks, context, state, 'stop');
  return hooks.find((hook) => state.resultOf(hook)?.status === 'failed');
}

/** The hooks after a host's change: all of them, whatever fails. Those that Ctrl-C interrupted run once more. */
export async function runAfter(
  hooks: readonly PlannedStep[],
  context: RunContext,
  state: RunState,
): Promise<void> {
  const [first] = hooks;
  if (first && state.isUnreachable(first.host)) {
    for (const hook of hooks) state.leaveOut(hook, notRun(hook, 'skipped', UNREACHABLE));
    return;
  }
  const wasAborted = context.signal.aborted;
  await runHooks(hooks, context, state, 'go on');
  const failed = hooks.some((hook) => state.resultOf(hook)?.status === 'failed');
  if (context.signal.aborted && !wasAborted && failed) await runHooks(hooks, context, state, 'go on');
}

/** One hook after the other, each on its hosts side by side. */
async function runHooks(
  hooks: readonly PlannedStep[],
  context: RunContext,
  state: RunState,
  atFailure: 'stop' | 'go on',
): Promise<void> {
  let failed = false;
  for (const step of new Set(hooks.map((hook) => hook.step))) {
    const onHosts = hooks.filter((hook) => hook.step === step);
    if (failed && atFailure === 'stop') {
      for (const hook of onHosts) state.leaveOut(hook, notRun(hook, 'skipped'));
    } else if (failed && onHosts.some(({ ifDone }) => ifDone)) {
      for (const hook of onHosts) state.leaveOut(hook, notRun(hook, 'skipped', EARLIER_FAILED));
    } else {
      const results = await Promise.all(onHosts.map((hook) => runHook(hook, context, state)));
      failed ||= hasFailed(results);
    }
  }
}

async function runHook(hook: PlannedStep, context: RunContext, state: RunState): Promise<StepResult> {
  const { host, on, step, phase } = hook;
  const label = `${step.label} on ${on.name}`;
  context.listener({ type: 'step-started', host: host.name, step: label, index: 0, total: 1 });
  const { sessions } = context;
  const session = phase === 'after' ? sessions.forCleanup(on) : sessions.of(on);
  const result = await attempt(hook, session, context);
  state.finish(hook, hookResult(hook, result));
  for (const name of new Set([host.name, on.name])) context.listener({ type: 'host-waits', host: name });
  return result;
}

async function attempt(hook: PlannedStep, session: HostSession, context: RunContext): Promise<StepResult> {
  try {
    return await applyHook(hook, session, context);
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    const failure = failureFrom(error);
    return failedResult(hook.step, { ...failure, message: mask(`${hook.on.name}: ${error.message}`) });
  }
}

/** Plans and applies one step by itself. */
async function applyHook(
  { step }: PlannedStep,
  session: HostSession,
  context: RunContext,
): Promise<StepResult> {
  const [looked] = await session.read([step.look]);
  const finding = looked ? diffStep(looked) : ok;
  if (finding.status === 'unknown') return failedResult(step, { message: `not known: ${finding.why}` });
  let result = plannedResult(step, finding);
  if (finding.status !== 'change') return result;
  const finished = (_: number, done: StepResult) => {
    result = done;
  };
  const executor = new StepExecutor(session, [step], context);
  const observer = { started: () => {}, finished, leftOut: finished };
  await applySteps(executor, [{ step, finding }], { from: 0, to: 1, actedBefore: false }, observer);
  return result;
}

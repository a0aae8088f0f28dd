import type { Host, Play } from '../model/index.ts';
import { type ApplyObserver, applySteps } from './apply-steps.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';
import { StepExecutor } from './step-executor.ts';

/** Applies what was planned for one play on one host, after its earlier plays. A host with a blocked step is not touched at all. */
export async function applyPlay(host: Host, play: Play, context: RunContext, state: RunState): Promise<void> {
  const planned = state.steps(host, 'change');
  const total = planned.filter((step) => step.play === play).length;
  if (state.hasFailed(host)) state.leaveOutPlay(host, play);
  else if (total > 0) {
    context.listener({ type: 'host-started', host: host.name, doing: 'applying' });
    const executor = new StepExecutor(
      context.sessions.of(host),
      planned.map(({ step }) => step),
      context,
    );
    const from = planned.findIndex((step) => step.play === play);
    const range = { from, to: from + total, actedBefore: state.wasActedOn(host) };
    const observer: ApplyObserver = {
      started: (at) => {
        const step = planned[at]?.step.label ?? '';
        context.listener({ type: 'step-started', host: host.name, step, index: at - from, total });
      },
      finished: (at, result) => planned[at] && state.finish(planned[at], result),
      leftOut: (at, result) => planned[at] && state.leaveOut(planned[at], result),
    };
    await state.guard(host, () => applySteps(executor, planned, range, observer));
  }
  context.listener({ type: 'host-waits', host: host.name, part: state.part(host) });
}

import type { Host, Play } from '../model/index.ts';
import { applySteps } from './apply-steps.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';
import { StepExecutor } from './step-executor.ts';

/** Applies what was planned for one play on one host. A host with a blocked step is not touched at all. */
export async function applyPlay(host: Host, play: Play, context: RunContext, state: RunState): Promise<void> {
  const planned = state.steps(host, 'change', play);
  if (state.hasFailed(host)) state.leaveOutPlay(host, play);
  else if (planned.length > 0) {
    context.listener({ type: 'host-started', host: host.name, doing: 'applying' });
    const steps = planned.map(({ step }) => step);
    const executor = new StepExecutor(context.sessions.of(host), steps, context);
    const total = planned.length;
    await state.guard(host, () =>
      applySteps(executor, planned, {
        started: (index) => {
          const step = planned[index]?.step.label ?? '';
          context.listener({ type: 'step-started', host: host.name, step, index, total });
        },
        finished: (index, result) => planned[index] && state.finish(planned[index], result),
        leftOut: (index, result) => planned[index] && state.leaveOut(planned[index], result),
      }),
    );
  }
  context.listener({ type: 'host-waits', host: host.name, part: state.part(host) });
}

import {
  type Host,
  mask,
  type PreparedStep,
  type RolledStep,
  type StepResult,
  TrueupError,
} from '../../model/index.ts';
import { applyOne } from '../apply/apply-one.ts';
import { failureFrom } from '../failure.ts';
import type { PreparedErrand } from '../host/prepare-errands.ts';
import type { SessionPool } from '../session/session-pool.ts';
import { failedResult } from '../step-result.ts';
import type { Tools } from '../tools.ts';
import { hasFailed, notRun, rolled } from './rolled-steps.ts';

/** For whom errands are run, and with what. */
export interface ErrandTools extends Pick<Tools, 'readTogether' | 'run' | 'listener'> {
  readonly owner: Host;
  readonly pool: SessionPool;
}

const BEFORE_IT_FAILED = 'not run: what goes before it has failed';

/** Runs errands one after the other, each on its hosts side by side; `atFailure`: whether the rest still runs. */
export async function runErrands(
  errands: readonly PreparedErrand[],
  tools: ErrandTools,
  atFailure: 'stop' | 'go on',
): Promise<RolledStep[]> {
  const done: RolledStep[] = [];
  for (const [index, errand] of errands.entries()) {
    if (errand.ifDone && hasFailed(done)) done.push(...notRun([errand], 'skipped', BEFORE_IT_FAILED));
    else done.push(...(await Promise.all(errand.hosts.map((host) => runOn(host, errand.step, tools)))));
    if (hasFailed(done) && atFailure === 'stop')
      return [...done, ...notRun(errands.slice(index + 1), 'skipped')];
  }
  return done;
}

async function runOn(host: Host, step: PreparedStep, tools: ErrandTools): Promise<RolledStep> {
  const owner = tools.owner.name;
  const label = `${step.label} on ${host.name}`;
  tools.listener({ type: 'step-started', host: owner, step: label, index: 0, total: 1 });
  const result = rolled(await attempt(host, step, tools), host);
  tools.listener({ type: 'rolled-step-finished', host: owner, result });
  for (const name of new Set([owner, host.name])) tools.listener({ type: 'host-waits', host: name });
  return result;
}

async function attempt(host: Host, step: PreparedStep, tools: ErrandTools): Promise<StepResult> {
  try {
    return await tools.pool.use(host, (session) => applyOne(session, step, tools));
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    const failure = failureFrom(error);
    return failedResult(step, { ...failure, message: mask(`${host.name}: ${error.message}`) });
  }
}

import {
  type Errand,
  type Host,
  type Listener,
  mask,
  ok,
  type PreparedStep,
  type Project,
  type RolledStep,
  type StepResult,
  TrueupError,
} from '../model/index.ts';
import { applyHost } from './apply-host.ts';
import { failureFrom } from './failure.ts';
import { planHost } from './plan-host.ts';
import type { Session } from './session.ts';
import type { SessionPool } from './session-pool.ts';
import { failedResult, plannedResult, stepResult } from './step-result.ts';
import type { Tools } from './tools.ts';

/** An errand that needs nothing of the laptop any more. */
export interface PreparedErrand extends Omit<Errand, 'step'> {
  readonly step: PreparedStep;
}

export function prepareErrands(errands: readonly Errand[], project: Project): Promise<PreparedErrand[]> {
  return Promise.all(
    errands.map(async (errand) => ({ ...errand, step: await errand.step.prepare(project) })),
  );
}

/** Each errand as it is spoken of while it has not run. */
export function notRun(
  errands: readonly PreparedErrand[],
  status: 'pending' | 'skipped',
  note?: string,
): RolledStep[] {
  return errands.flatMap(({ hosts, step }) =>
    hosts.map((host) => ({ ...stepResult(step, 'ok'), status, on: host.name, ...(note ? { note } : {}) })),
  );
}

export function hasFailed(steps: readonly Pick<RolledStep | StepResult, 'status'>[]): boolean {
  return steps.some(({ status }) => status === 'failed');
}

/** For whom errands are run, and with what. */
export interface ErrandTools extends Pick<Tools, 'readTogether' | 'run' | 'listener'> {
  readonly owner: Host;
}

const BEFORE_IT_FAILED = 'not run: what goes before it has failed';

/** Runs errands one after the other, each on its hosts side by side; `atFailure`: whether the rest still runs. */
export async function runErrands(
  errands: readonly PreparedErrand[],
  pool: SessionPool,
  tools: ErrandTools,
  atFailure: 'stop' | 'go on',
): Promise<RolledStep[]> {
  const done: RolledStep[] = [];
  for (const [index, errand] of errands.entries()) {
    if (errand.ifDone && hasFailed(done)) done.push(...notRun([errand], 'skipped', BEFORE_IT_FAILED));
    else done.push(...(await Promise.all(errand.hosts.map((host) => runOn(host, errand.step, pool, tools)))));
    if (hasFailed(done) && atFailure === 'stop')
      return [...done, ...notRun(errands.slice(index + 1), 'skipped')];
  }
  return done;
}

async function runOn(
  host: Host,
  step: PreparedStep,
  pool: SessionPool,
  tools: ErrandTools,
): Promise<RolledStep> {
  const owner = tools.owner.name;
  tools.listener({
    type: 'step-started',
    host: owner,
    step: `${step.label} on ${host.name}`,
    index: 0,
    total: 1,
  });
  const result = rolled(await attempt(host, step, pool, tools), host);
  tools.listener({ type: 'rolled-step-finished', host: owner, result });
  for (const name of new Set([owner, host.name])) tools.listener({ type: 'host-waits', host: name });
  return result;
}

async function attempt(
  host: Host,
  step: PreparedStep,
  pool: SessionPool,
  tools: ErrandTools,
): Promise<StepResult> {
  try {
    return await pool.use(host, (session) => perform(session, step, tools));
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    const failure = failureFrom(error);
    return failedResult(step, { ...failure, message: mask(`${host.name}: ${error.message}`) });
  }
}

const unheard: Listener = () => {};

async function perform(session: Session, step: PreparedStep, tools: ErrandTools): Promise<StepResult> {
  const { planned } = await planHost(session, [step], tools.readTogether);
  const finding = planned[0]?.finding ?? ok;
  if (finding.status === 'unknown') return failedResult(step, { message: `not known: ${finding.why}` });
  if (finding.status !== 'change') return plannedResult(step, finding);
  const { results, error } = await applyHost(session, planned, { ...tools, listener: unheard });
  if (error !== undefined) throw error;
  return results[0] ?? stepResult(step, 'ok');
}

function rolled(result: StepResult, { name }: Host): RolledStep {
  return { ...result, status: result.status === 'changed' ? 'done' : result.status, on: name };
}

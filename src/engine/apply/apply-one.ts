import { type Listener, ok, type PreparedStep, type StepResult } from '../../model/index.ts';
import { planHost } from '../plan/plan-host.ts';
import type { Session } from '../session/session.ts';
import { failedResult, plannedResult, stepResult } from '../step-result.ts';
import type { Tools } from '../tools.ts';
import { applyHost } from './apply-host.ts';

const unheard: Listener = () => {};

/** Plans and applies one step by itself. Who asked for it tells of it. */
export async function applyOne(
  session: Session,
  step: PreparedStep,
  tools: Pick<Tools, 'readTogether' | 'run'>,
): Promise<StepResult> {
  const { planned } = await planHost(session, [step], tools.readTogether);
  const finding = planned[0]?.finding ?? ok;
  if (finding.status === 'unknown') return failedResult(step, { message: `not known: ${finding.why}` });
  if (finding.status !== 'change') return plannedResult(step, finding);
  const { results, error } = await applyHost(session, planned, { ...tools, listener: unheard });
  if (error !== undefined) throw error;
  return results[0] ?? stepResult(step, 'ok');
}

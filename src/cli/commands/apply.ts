import type { HostResult } from '../../model/index.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { planInBrief } from '../views/plan-in-brief.ts';
import { plan } from './plan.ts';
import { verify } from './verify.ts';

/** Plans, shows and asks (unless told yes), then applies exactly that; undefined if the answer was no. */
export async function apply(context: CommandContext): Promise<readonly HostResult[] | undefined> {
  const { run, options, progress, print, signal, tell } = context;
  const planned = await plan(context);
  if (!options.yes && planned.some(hasWork)) {
    print('plan', planned);
    const question = `${planInBrief(planned)}\nApply these changes?`;
    const yes = await confirm(question, signal);
    tell({ type: 'asked', question, yes });
    if (!yes) {
      process.stderr.write('Nothing was applied.\n');
      return undefined;
    }
  }
  const applied = await progress.show('Applying', run.hosts.length, () => run.apply());
  return options.verify ? verified(applied, context) : applied;
}

/** With what the checks say; what did not even go well is not asked whether it serves. */
async function verified(
  applied: readonly HostResult[],
  context: CommandContext,
): Promise<readonly HostResult[]> {
  if (exitCodeOf(applied) !== EXIT.done || context.signal.aborted) {
    process.stderr.write('Not verified: not everything could be applied.\n');
    return applied;
  }
  const checked = new Map((await verify(context)).map((host) => [host.name, host]));
  return applied.map((host) => withChecks(host, checked.get(host.name)));
}

function withChecks(applied: HostResult, checked: HostResult | undefined): HostResult {
  if (!checked) return applied;
  const status = checked.status === 'ok' ? applied.status : checked.status;
  return { ...applied, status, checks: checked.steps, failure: checked.failure, execs: checked.execs };
}

function hasWork({ status, steps }: HostResult): boolean {
  return status === 'pending' || steps.some((step) => step.status === 'pending' || step.status === 'unknown');
}

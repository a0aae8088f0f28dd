import {
  type Facts,
  FactsNeeded,
  type Host,
  nothingPending,
  type Play,
  type PreparedStep,
  type Project,
  type Step,
} from '../../model/index.ts';
import { everyStep, isSelected, type TagSelection } from '../select-steps.ts';
import { checkOwnership } from './ownership.ts';
import { type PreparedErrand, prepareErrands } from './prepare-errands.ts';

/** The selected steps of one play on one host. */
export interface Part {
  readonly play: Play;
  readonly steps: readonly PreparedStep[];
  /** Of all its steps, selected or not. */
  readonly tags: readonly string[];
  /** What runs after its change when nothing is pending: so it shall stand anyway. */
  readonly after: readonly PreparedErrand[];
}

/** All that the plays have for a host: each step's owner checked, the selected ones prepared. `undefined`: a play asks for facts that are not known yet. */
export async function expand(
  plays: readonly Play[],
  host: Host,
  project: Project,
  facts: Facts | undefined,
  selection: TagSelection = everyStep,
): Promise<Part[] | undefined> {
  const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  try {
    const lists = mine.map((play) => ({ play, steps: play.steps(host, facts) }));
    const all = lists.flatMap(({ steps }) => steps);
    checkOwnership(host.name, all);
    for (const play of mine) tryChecks(play, host, facts);
    const parts = lists.map(async ({ play, steps }) => ({
      ...(await partOf(play, steps, project, selection)),
      after: await expandRollout(play, host, project, facts),
    }));
    return await Promise.all(parts);
  } catch (error) {
    if (!(error instanceof FactsNeeded) || facts !== undefined) throw error;
    // What is wrong in the others is no matter of facts, and comes out before any host is asked for them.
    for (const play of mine) {
      if (mine.length > 1) await expand([play], host, project, facts, selection);
      else tryChecks(play, host, facts);
    }
    return undefined;
  }
}

async function partOf(
  play: Play,
  steps: readonly Step[],
  project: Project,
  selection: TagSelection,
): Promise<Omit<Part, 'after'>> {
  const selected = steps.filter((step) => isSelected(step, selection));
  return {
    play,
    steps: await Promise.all(selected.map((step) => step.prepare(project))),
    tags: steps.flatMap(({ tags }) => tags),
  };
}

/** Also where no check is run, or only after a change: so that mistakes in them come out before any host is touched. */
function tryChecks(play: Play, host: Host, facts: Facts | undefined): void {
  try {
    play.checks(host, facts);
  } catch (error) {
    if (!(error instanceof FactsNeeded)) throw error;
  }
}

/** Asked with nothing pending, so that mistakes in it come out before any host is touched. */
async function expandRollout(
  { rollout }: Play,
  host: Host,
  project: Project,
  facts: Facts | undefined,
): Promise<PreparedErrand[]> {
  if (!rollout) return [];
  rollout.last(host, facts);
  await prepareErrands(rollout.before(host, facts, nothingPending), project);
  return prepareErrands(rollout.after(host, facts, nothingPending), project);
}

import {
  type Facts,
  FactsNeeded,
  type Host,
  type Play,
  type PreparedStep,
  type Project,
} from '../model/index.ts';
import { checkOwnership } from './ownership.ts';

/** The steps of one play on one host. */
export interface Part {
  readonly play: Play;
  readonly steps: readonly PreparedStep[];
}

/** All that the plays have for a host, prepared. `undefined`: a play asks for facts that are not known yet. */
export async function expand(
  plays: readonly Play[],
  host: Host,
  project: Project,
  facts: Facts | undefined,
): Promise<Part[] | undefined> {
  try {
    const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
    const parts = await Promise.all(mine.map((play) => expandPlay(play, host, project, facts)));
    checkOwnership(
      host.name,
      parts.flatMap(({ steps }) => steps),
    );
    return parts;
  } catch (error) {
    if (error instanceof FactsNeeded && facts === undefined) return undefined;
    throw error;
  }
}

async function expandPlay(play: Play, host: Host, project: Project, facts: Facts | undefined): Promise<Part> {
  const steps = play.steps(host, facts);
  return { play, steps: await Promise.all(steps.map((step) => step.prepare(project))) };
}

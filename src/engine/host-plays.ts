import {
  type Facts,
  FactsNeeded,
  formatPlace,
  type Hook,
  type Host,
  InputError,
  nothingPending,
  type Play,
  type PreparedStep,
  type Project,
  type StepIdentity,
} from '../model/index.ts';
import { everyStep, isSelected, type TagSelection } from './tag-selection.ts';

/** A hook that needs nothing from the laptop any more. */
export interface PreparedHook extends Omit<Hook, 'step'> {
  readonly step: PreparedStep;
}

/** One play on one host. */
export interface HostPlay {
  readonly play: Play;
  /** Its selected steps. */
  readonly steps: readonly PreparedStep[];
  /** Of all its steps, selected or not. */
  readonly tags: readonly string[];
  /** What its `after` gives with nothing pending: what must always hold. */
  readonly cleanup: readonly PreparedHook[];
}

/** The plays of one host: their steps, known at once or only with its facts. */
export class HostPlays {
  readonly host: Host;
  readonly plays: readonly Play[];
  readonly #readFacts: () => Promise<Facts>;
  readonly #expand: (facts?: Facts) => Promise<readonly HostPlay[] | undefined>;
  #expanded: readonly HostPlay[] | undefined;
  #facts: Facts | undefined;

  constructor(
    host: Host,
    plays: readonly Play[],
    { project, selection }: { readonly project: Project; readonly selection?: TagSelection },
    readFacts: () => Promise<Facts>,
  ) {
    this.host = host;
    this.plays = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
    this.#readFacts = readFacts;
    this.#expand = (facts) => expandPlays(this.plays, host, project, facts, selection);
  }

  /** Finds every mistake that can be found without the host. */
  async prepare(): Promise<void> {
    this.#expanded = await this.#expand();
  }

  /** Reads facts if a play asks for them. */
  async expanded(): Promise<readonly HostPlay[]> {
    this.#expanded ??= await this.#expand(await this.#known());
    if (!this.#expanded) throw new Error('facts asked for twice');
    return this.#expanded;
  }

  /** What must always hold after changes of this host, as far as it is known. */
  get cleanup(): readonly { readonly play: Play; readonly hook: PreparedHook }[] {
    const all = this.#expanded ?? [];
    return all.flatMap(({ play, cleanup }) => cleanup.map((hook) => ({ play, hook })));
  }

  /** The tags of all its steps; undefined while they are not known. */
  get tags(): readonly string[] | undefined {
    return this.#expanded?.flatMap(({ tags }) => tags);
  }

  /** Whether it has a selected step, or may have one. */
  get mayHaveSteps(): boolean {
    return this.#expanded?.some(({ steps }) => steps.length > 0) ?? true;
  }

  get facts(): Facts | undefined {
    return this.#facts;
  }

  /** Does a job that may turn out to need facts: first without them, if they are not known. */
  async withFacts<T>(job: (facts: Facts | undefined) => T | Promise<T>): Promise<T> {
    const known = this.#facts;
    try {
      return await job(known);
    } catch (error) {
      if (!(error instanceof FactsNeeded) || known) throw error;
      return job(await this.#known());
    }
  }

  async #known(): Promise<Facts> {
    this.#facts ??= await this.#readFacts();
    return this.#facts;
  }
}

/**
 * The plays of a host with their selected steps prepared. Undefined: a play asks for facts that are not known yet. What is wrong
 * without them is refused all the same.
 */
export async function expandPlays(
  plays: readonly Play[],
  host: Host,
  project: Project,
  facts: Facts | undefined,
  selection: TagSelection = everyStep,
): Promise<HostPlay[] | undefined> {
  try {
    const lists = plays.map((play) => ({ play, steps: play.steps(host, facts) }));
    checkOwnership(
      host.name,
      lists.flatMap(({ steps }) => steps),
    );
    for (const play of plays) tryChecks(play, host, facts);
    const expanded = lists.map(async ({ play, steps }) => ({
      play,
      steps: await Promise.all(
        steps.filter((step) => isSelected(step, selection)).map((step) => step.prepare(project)),
      ),
      tags: steps.flatMap(({ tags }) => tags),
      cleanup: await tryHooks(play, host, project, facts),
    }));
    return await Promise.all(expanded);
  } catch (error) {
    if (!(error instanceof FactsNeeded) || facts !== undefined) throw error;
    for (const play of plays) {
      if (plays.length > 1) await expandPlays([play], host, project, facts, selection);
      else tryChecks(play, host, facts);
    }
    return undefined;
  }
}

export function prepareHooks(hooks: readonly Hook[], project: Project): Promise<PreparedHook[]> {
  return Promise.all(hooks.map(async (hook) => ({ ...hook, step: await hook.step.prepare(project) })));
}

/** Also where no check will run: mistakes in them are found before any host is touched. */
function tryChecks(play: Play, host: Host, facts: Facts | undefined): void {
  try {
    play.checks(host, facts);
  } catch (error) {
    if (!(error instanceof FactsNeeded)) throw error;
  }
}

/** Asks for the hooks with nothing pending: mistakes in them are found before any host is touched. */
async function tryHooks(
  { rollout }: Play,
  host: Host,
  project: Project,
  facts: Facts | undefined,
): Promise<PreparedHook[]> {
  if (!rollout) return [];
  rollout.last(host, facts);
  await prepareHooks(rollout.before(host, facts, nothingPending), project);
  return prepareHooks(rollout.after(host, facts, nothingPending), project);
}

/** Refuses two steps of one host that manage the same object: each run would undo the other's work. */
function checkOwnership(host: string, steps: readonly StepIdentity[]): void {
  const owners = new Map<string, StepIdentity>();
  for (const step of steps) {
    for (const object of step.manages) {
      const owner = owners.get(object);
      if (owner) throw conflict(host, object, owner, step);
      owners.set(object, step);
    }
  }
}

function conflict(host: string, object: string, first: StepIdentity, second: StepIdentity): InputError {
  const where = first.place ? ` (${formatPlace(first.place)})` : '';
  return new InputError(
    `${second.label} manages ${object} on ${host}, as ${first.label}${where} already does`,
    { place: second.place, advice: 'Keep one of the two steps, or join them.' },
  );
}

import type { Facts, Host, Play, PreparedStep } from '../../model/index.ts';
import type { HostFacts } from '../session/host-facts.ts';
import type { Tools } from '../tools.ts';
import { expand, type Part } from './expand.ts';

/** What the plays have for one host: known before it was asked anything, or only with its facts. */
export class HostParts {
  readonly #expand: (facts?: Facts) => Promise<readonly Part[] | undefined>;
  readonly #facts: HostFacts;
  #parts: readonly Part[] | undefined;

  constructor(host: Host, plays: readonly Play[], facts: HostFacts, tools: Tools) {
    const { project, selection } = tools;
    this.#expand = (known) => expand(plays, host, project, known, selection);
    this.#facts = facts;
  }

  /** Finds all that can be found wrong without the host. */
  async prepare(): Promise<void> {
    this.#parts = await this.#expand();
  }

  /** All steps, in their order. */
  async steps(): Promise<readonly PreparedStep[]> {
    this.#parts ??= await this.#expand(await this.#facts.read());
    if (!this.#parts) throw new Error('facts asked for twice');
    return this.#parts.flatMap(({ steps }) => steps);
  }

  /** That of one play, if it is known. */
  of(play: Play): Part | undefined {
    return this.#parts?.find((part) => part.play === play);
  }

  /** The tags of all its steps; undefined while they are not known. */
  get tags(): readonly string[] | undefined {
    return this.#parts?.flatMap(({ tags }) => tags);
  }

  /** Whether there is, or may be, a selected step. */
  get areAny(): boolean {
    return this.#parts?.some(({ steps }) => steps.length > 0) ?? true;
  }
}

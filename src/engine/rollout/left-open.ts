import type { Finding, PreparedStep, RolledStep } from '../../model/index.ts';
import type { PreparedErrand } from '../host/prepare-errands.ts';
import { plannedResult } from '../step-result.ts';

/** An errand of a host's turn that is looked at along with another host's own steps. */
export interface Visit {
  /** The host that it is made at. */
  readonly to: string;
  readonly step: PreparedStep;
  take(finding: Finding): void;
}

const NOTE = 'left by a rollout that did not end, or changed by hand';

/** What shall hold after a host's change and does not, although this run has changed nothing yet. */
export class LeftOpen {
  readonly #steps: RolledStep[] = [];

  get steps(): readonly RolledStep[] {
    return this.#steps;
  }

  /** Looks at how things stand right now. A host that cannot tell has nothing left open. */
  visits(after: readonly PreparedErrand[]): Visit[] {
    return after.flatMap(({ hosts, step }) =>
      hosts.map(({ name }) => ({ to: name, step, take: (finding) => this.#take(name, step, finding) })),
    );
  }

  #take(on: string, step: PreparedStep, finding: Finding): void {
    if (finding.status !== 'change') return;
    this.#steps.push({ ...plannedResult(step, finding), status: 'pending', note: NOTE, on });
  }
}

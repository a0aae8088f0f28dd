import type { Errand, Host, RolledStep } from '../../model/index.ts';
import { type PreparedErrand, prepareErrands } from '../host/prepare-errands.ts';
import type { SessionPool } from '../session/session-pool.ts';
import type { Tools } from '../tools.ts';
import type { ErrandPools } from './errand-pools.ts';
import { hasFailed, notRun } from './rolled-steps.ts';
import { runErrands } from './run-errands.ts';

const AWAY = 'not run: the host cannot be reached; the next apply does it';

/** What runs around one host's change, and what became of it. */
export class TurnErrands {
  readonly #owner: Host;
  readonly #tools: Tools;
  #beforehand: readonly PreparedErrand[] = [];
  #afterwards: readonly PreparedErrand[] = [];
  #before: readonly RolledStep[] = [];
  #after: readonly RolledStep[] = [];

  constructor(owner: Host, tools: Tools) {
    this.#owner = owner;
    this.#tools = tools;
  }

  get before(): readonly RolledStep[] {
    return this.#before;
  }

  get after(): readonly RolledStep[] {
    return this.#after;
  }

  get failed(): boolean {
    return hasFailed([...this.#before, ...this.#after]);
  }

  /** `due`: the host is to be changed. What goes after a change may be owed by an earlier one. */
  async plan(before: readonly Errand[], after: readonly Errand[], due: boolean): Promise<void> {
    this.#beforehand = await prepareErrands(before, this.#tools.project);
    this.#afterwards = await prepareErrands(after, this.#tools.project);
    this.#before = notRun(this.#beforehand, 'pending');
    this.#after = due ? notRun(this.#afterwards, 'pending') : [];
  }

  /** Ends at the first that fails, and gives it back. */
  async runBefore({ open }: ErrandPools): Promise<RolledStep | undefined> {
    this.#before = await this.#run(this.#beforehand, open, 'stop');
    return this.#before.find(({ status }) => status === 'failed');
  }

  /** All of them, whatever fails. What Ctrl-C cut off runs once more. */
  async runAfter({ open, closing }: ErrandPools): Promise<void> {
    const { signal } = this.#tools;
    const wasAborted = signal.aborted;
    this.#after = await this.#run(this.#afterwards, wasAborted ? closing : open, 'go on');
    if (signal.aborted && !wasAborted && hasFailed(this.#after))
      this.#after = await this.#run(this.#afterwards, closing, 'go on');
  }

  /** There is no way to the host. */
  leaveAfter(): void {
    this.#after = notRun(this.#afterwards, 'skipped', AWAY);
  }

  /** The host's turn does not come. */
  leaveAll(): void {
    this.#before = [];
    this.#after = [];
  }

  #run(errands: readonly PreparedErrand[], pool: SessionPool, atFailure: 'stop' | 'go on') {
    return runErrands(errands, { ...this.#tools, owner: this.#owner, pool }, atFailure);
  }
}

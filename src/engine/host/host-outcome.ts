import {
  type HostFailure,
  isSettled,
  type PlannedStep,
  type Play,
  type StepResult,
} from '../../model/index.ts';
import { untouchedResult } from '../step-result.ts';
import type { HostParts } from './host-parts.ts';
import { hostFailure, isAway } from './host-result.ts';

/** What was planned for one host, and what has become of that so far. */
export class HostOutcome {
  readonly #parts: HostParts;
  #planned: readonly PlannedStep[] = [];
  #applied: readonly StepResult[] = [];
  #failure: HostFailure | undefined;
  #notReached: string | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  get planned(): readonly PlannedStep[] {
    return this.#planned;
  }

  get applied(): readonly StepResult[] {
    return this.#applied;
  }

  /** What ended it before its end. */
  get failure(): HostFailure | undefined {
    return this.#failure;
  }

  /** Why a play with something to do here was not begun. */
  get notReached(): string | undefined {
    return this.#notReached;
  }

  get failed(): boolean {
    const blocked = this.#planned.some(({ finding }) => finding.status === 'blocked');
    return this.#failure !== undefined || blocked || this.#applied.some(({ status }) => status === 'failed');
  }

  get hasChanged(): boolean {
    return this.#applied.some(({ status }) => status === 'changed');
  }

  /** There is no way to the host any more. */
  get isAway(): boolean {
    return this.#failure !== undefined && isAway(this.#failure);
  }

  plannedOf(play: Play): PlannedStep[] {
    const steps = new Set(this.#parts.of(play)?.steps);
    return this.#planned.filter(({ step }) => steps.has(step));
  }

  /** Whether a play has something to do here that can be done. */
  isPending(play: Play): boolean {
    return !this.failed && this.plannedOf(play).some(({ finding }) => !isSettled(finding));
  }

  plan(planned: readonly PlannedStep[]): void {
    this.#planned = planned;
  }

  apply(results: readonly StepResult[]): void {
    this.#applied = [...this.#applied, ...results];
  }

  /** Leaves a play undone. */
  skip(play: Play, note: string): void {
    this.apply(this.plannedOf(play).map((planned) => untouchedResult(planned, note)));
  }

  /** Leaves a play undone because a rollout has stopped; where there was nothing to do, that is all the same. */
  leave(play: Play, why: string): void {
    if (this.isPending(play)) this.#notReached ??= why;
    this.skip(play, `not reached: ${why}`);
  }

  end(error: unknown): void {
    this.#failure = hostFailure(error);
  }

  /** A failure that was found beside the host's own work: what ended that says more. */
  fail(failure: HostFailure): void {
    this.#failure ??= failure;
  }
}

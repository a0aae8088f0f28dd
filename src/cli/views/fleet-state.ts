import type { RunEvent } from '../../model/index.ts';
import { countsInWords } from './counts.ts';

/** What a screen shows of a running fleet: how many are done, who is at what, who has failed. */
export class FleetState {
  readonly #total: number;
  readonly #active = new Map<string, string>();
  readonly #failed = new Map<string, string>();
  readonly #done = new Set<string>();

  constructor(total: number) {
    this.#total = total;
  }

  take(event: RunEvent): void {
    if (event.type === 'host-started') this.#active.set(event.host, event.doing);
    if (event.type === 'step-started') {
      this.#active.set(event.host, `[${event.index + 1}/${event.total}] ${event.step}`);
    }
    if (event.type !== 'host-finished') return;
    this.#active.delete(event.host);
    const bad = event.result.status === 'failed' || event.result.status === 'unreachable';
    if (bad) this.#failed.set(event.host, countsInWords(event.result));
    else this.#done.add(event.host);
  }

  get title(): string {
    const parts = [`${this.#done.size} of ${this.#total} done`];
    if (this.#active.size > 0) parts.push(`${this.#active.size} active`);
    if (this.#failed.size > 0) parts.push(`${this.#failed.size} failed`);
    return parts.join(', ');
  }

  /** At most `rows` lines: the failed hosts first, then the active ones, then how many more. */
  lines(rows: number): string[] {
    const failed = [...this.#failed].map(([host, text]) => `✗ ${host}  ${text}`);
    const all = [...failed, ...[...this.#active].map(([host, text]) => `${host}  ${text}`)];
    if (all.length <= rows) return all;
    return [...all.slice(0, rows - 1), `… and ${all.length - rows + 1} more`];
  }
}

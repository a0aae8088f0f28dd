import type { HostPart, HostStatus, RunEvent } from '../../model/index.ts';
import { countsInWords } from './counts.ts';
import { visible } from './visible.ts';
import { cut, displayWidth, padded } from './width.ts';

/** What a host is doing, since when, and the latest line of that. */
interface Doing {
  readonly text: string;
  readonly since: number;
  readonly said?: string;
}

const WORDS: Record<HostStatus, string> = {
  ok: 'ok',
  changed: 'changed',
  pending: 'to change',
  failed: 'failed',
  unreachable: 'unreachable',
};
/** Milliseconds from which on it is shown how long something takes. */
const LONG = 5000;
/** Names do not take more columns than this from what is told of the hosts. */
const NAME = 30;

/** What a screen shows of a running fleet: how many are done and how, who is at what, who has failed. */
export class FleetState {
  readonly #total: number;
  readonly #now: () => number;
  readonly #began: number;
  readonly #active = new Map<string, Doing>();
  /** What hosts were at before they had to connect. */
  readonly #doing = new Map<string, string>();
  readonly #ended = new Map<string, { readonly status: HostStatus; readonly text: string }>();

  #interrupted = false;

  /** `now`: milliseconds. */
  constructor(total: number, now: () => number) {
    this.#total = total;
    this.#now = now;
    this.#began = now();
  }

  take(event: RunEvent): void {
    const text = doingOf(event);
    if (text !== undefined && 'host' in event) this.#does(event.host, text);
    if (event.type === 'connected') this.#does(event.host, this.#doing.get(event.host) ?? 'connected');
    if (event.type === 'host-started') this.#doing.set(event.host, event.doing);
    if (event.type === 'said') this.#says(event.host, event.line);
    if (event.type === 'host-waits') this.#end(event.host, event.part);
    if (event.type === 'host-finished') this.#end(event.host, event.result);
    if (event.type === 'interrupted') this.#interrupted = true;
  }

  /** `2 ok, 1 failed, 4 active, 33 waiting (0:42)`. */
  get title(): string {
    const statuses = this.#resting.map(([, { status }]) => status);
    const counts = Object.entries(WORDS).map(
      ([status, word]) => [statuses.filter((each) => each === status).length, word] as const,
    );
    const active = this.#active.size;
    const all = [...counts, [active, 'active'], [this.#total - statuses.length - active, 'waiting']] as const;
    const parts = all.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    const again = active > 0 ? ' (Ctrl-C leaves at once)' : '';
    const interrupted = this.#interrupted ? `, interrupted${again}` : '';
    return `${parts.join(', ')} (${this.#elapsed})${interrupted}`;
  }

  get hasFailures(): boolean {
    return this.#failed.length > 0;
  }

  /** At most `rows` lines of at most `columns`: failed hosts first, in half of them if need be, then active ones. */
  lines(rows: number, columns: number): string[] {
    const width = Math.min(NAME, Math.max(0, ...this.#shownNames.map(displayWidth)));
    const room = columns - width - 4;
    const line = (name: string, mark: string, text: string) =>
      cut(`${mark} ${padded(cut(visible(name), width), width)}  ${text}`, columns);
    const failed = this.#failed.map(([name, { text }]) => line(name, '✗', text));
    const active = [...this.#active].map(([name, doing]) => line(name, '›', this.#tell(doing, room)));
    const forFailed = Math.max(Math.ceil(rows / 2), rows - active.length);
    const shownFailed = shortened(failed, Math.min(rows, forFailed), 'failed');
    return [...shownFailed, ...shortened(active, rows - shownFailed.length, 'active')];
  }

  get #failed() {
    return this.#resting.filter(([, { status }]) => status === 'failed' || status === 'unreachable');
  }

  /** Those that have come to an end, for now at least: a later play may begin on them. */
  get #resting() {
    return [...this.#ended].filter(([name]) => !this.#active.has(name));
  }

  get #shownNames(): string[] {
    return [...this.#failed.map(([name]) => name), ...this.#active.keys()].map(visible);
  }

  get #elapsed(): string {
    const seconds = Math.floor((this.#now() - this.#began) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  #does(host: string, text: string): void {
    this.#active.set(host, { text: inOneLine(text), since: this.#now() });
  }

  #says(host: string, line: string): void {
    const doing = this.#active.get(host);
    if (doing) this.#active.set(host, { ...doing, said: inOneLine(line) });
  }

  #end(host: string, result: HostPart | undefined): void {
    this.#active.delete(host);
    if (result) this.#ended.set(host, { status: result.status, text: countsInWords(result) });
  }

  /** What it says gets half of the room if need be, and how long it takes is always told. */
  #tell({ text, since, said }: Doing, room: number): string {
    const taken = this.#now() - since;
    const time = taken < LONG ? '' : ` (${Math.floor(taken / 1000)} s)`;
    const line = said ? ` … ${said}` : '';
    const left = room - displayWidth(time);
    const forText = said ? Math.max(Math.floor(left / 2), left - displayWidth(line)) : left;
    return cut(text, forText) + time + line;
  }
}

function doingOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'host-started':
      return event.doing;
    case 'connecting':
      return event.again ? 'connecting again' : 'connecting';
    case 'step-started':
      return `[${event.index + 1}/${event.total}] ${event.step}`;
    default:
      return undefined;
  }
}

/** Masked as a whole, before it is cut. */
function inOneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}

function shortened(lines: readonly string[], rows: number, what: string): readonly string[] {
  if (lines.length <= rows) return lines;
  if (rows < 1) return [];
  return [...lines.slice(0, rows - 1), `… and ${lines.length - rows + 1} more ${what}`];
}

import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { argument, type CheckContext, defineCheck, type Outcome } from '../model/index.ts';
import { getOnce } from './get-once.ts';
import { holdersOf } from './holders.ts';
import { hostSpec } from './host-spec.ts';

const BETWEEN = 100;
/** Seconds until a request counts as lost. */
const TIMEOUT = 1;

/** Asks again and again, each time over a connection of its own, and keeps count of what came back. */
class SteadyRequests {
  readonly #url: string;
  readonly #done: Promise<void>;
  #stopped = false;
  #lastAnswer = performance.now();
  #longest = 0;
  asked = 0;
  lost = 0;

  constructor(url: string) {
    this.#url = url;
    this.#done = this.#run();
  }

  /** The longest time without an answer, in seconds. */
  get longestGap(): number {
    return Math.max(this.#longest, performance.now() - this.#lastAnswer) / 1000;
  }

  /** Whether the last request was answered. */
  answering = true;

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.asked += 1;
      this.answering = await answers(this.#url);
      if (this.answering) this.#answered();
      else this.lost += 1;
      await pause(BETWEEN);
    }
  }

  #answered(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#lastAnswer);
    this.#lastAnswer = now;
  }
}

/** A proxy that has no server behind it did not answer for the site. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await getOnce(url, { timeout: TIMEOUT, insecure: true })).status < 500;
  } catch {
    return false;
  }
}

const word = argument('let the command read it from a file on the host');
const command = z.tuple([word.min(1)], word, 'expected a command as its words').readonly();

const schema = z.strictObject({
  /** The address that moves between the hosts. */
  address: z.union([z.ipv4(), z.ipv6()], 'expected an IP address'),
  /** The hosts that can hold it. */
  among: z.array(hostSpec).min(2, 'expected at least two hosts').readonly(),
  /** What is asked for again and again meanwhile, through the address. Its certificate is not verified. */
  url: z.url({ protocol: /^https?$/, error: 'expected a URL with http: or https:' }),
  /** Makes this host give the address away. */
  giveAway: command,
  /** Undoes that; it does no harm if it runs twice. */
  takeBack: command,
  /** Seconds without an answer that are still right. Default 5. */
  within: z.number().positive().max(60).default(5),
  /** Seconds for the address to go over, and as many to go on asking once it was taken back. Default 10. */
  settle: z.number().positive().max(50).default(10),
});

type Spec = z.output<typeof schema>;

/**
 * Lets this host give away an address that it shares with others, and proves that requests through it go on; then has
 * that undone. On a host that does not hold the address there is nothing to do.
 *
 * **It interrupts the site for a moment**, so it runs only with `trueup verify --disturb`, after all other checks have
 * held, and on one host at a time. If trueup ends in the midst of it, the host takes back by itself within 60 s.
 *
 * Fails if nothing answers before, if no other host takes the address, or if there is no answer for longer than `within`.
 *
 * ```ts
 * failoverCheck({
 *   address: vars.vip,
 *   among: group('loadbalancers'),
 *   url: `http://${vars.vip}/`,
 *   giveAway: ['touch', '/run/keepalived-away'],
 *   takeBack: ['rm', '-f', '/run/keepalived-away'],
 * })
 * ```
 *
 * Follows RFC 5798.
 */
export const failoverCheck = defineCheck({
  kind: 'failoverCheck',
  schema,
  disturbs: true,
  name: ({ address }) => address,
  async run(spec, context) {
    const { stdout } = await context.host.probe(['ip', '-o', 'address', 'show', 'to', spec.address]);
    if (stdout.trim() === '') return { ok: true, detail: 'not held here: nothing to give away' };
    if (await answers(spec.url)) return giveAway(spec, context);
    const detail = `${spec.url} does not answer as it is: nothing was given away`;
    return { ok: false, detail, advice: 'look at the other checks first' };
  },
});

async function giveAway(spec: Spec, context: CheckContext): Promise<Outcome> {
  const before = await holdersOf(spec.address, spec.among, context);
  const requests = new SteadyRequests(spec.url);
  try {
    const takeBack = await context.disturb(spec.giveAway, spec.takeBack);
    const after = await settled(spec.settle, requests, () => moved(spec, context, before.holders));
    await takeBack();
    await settled(spec.settle, requests, async () => undefined);
    return verdict(spec, requests, before.holders, after);
  } finally {
    await requests.stop();
  }
}

/** Who holds it, once somebody else does. */
async function moved(
  { address, among }: Spec,
  context: CheckContext,
  before: readonly string[],
): Promise<string | undefined> {
  const { holders } = await holdersOf(address, among, context);
  return holders.length === 1 && !before.includes(holders[0] ?? '') ? holders[0] : undefined;
}

/** Looks until there is something to see and requests are answered again; undefined if that is not so in time. */
async function settled<T>(
  seconds: number,
  requests: SteadyRequests,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && requests.answering) return found;
    if (performance.now() >= deadline) return found;
    await pause(250);
  }
}

function verdict(
  { address, within, settle, giveAway: given }: Spec,
  requests: SteadyRequests,
  [before = '']: readonly string[],
  after: string | undefined,
): Outcome {
  const gap = requests.longestGap;
  const count = `${gap.toFixed(1)} s without an answer at most, ${requests.lost} of ${requests.asked} requests lost`;
  if (after === undefined) {
    const advice = `look on the others whether they would take it: journalctl -u keepalived; it was given away with ${given.join(' ')}`;
    return {
      ok: false,
      detail: `nobody took ${address} from ${before} within ${settle} s (${count})`,
      advice,
    };
  }
  const detail = `from ${before} to ${after}, and given back: ${count}`;
  if (gap <= within) return { ok: true, detail };
  const advice = `it was to be ${within} s: look at the intervals of keepalived and of its check script`;
  return { ok: false, detail, advice };
}

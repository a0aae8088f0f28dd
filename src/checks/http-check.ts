import { z } from 'zod';
import { defineCheck, mask, type Outcome } from '../model/index.ts';
import { askUntilReached } from './ask-until-reached.ts';
import { connectFailure } from './connect-failure.ts';
import { getOnce, type HttpAnswer } from './get-once.ts';
import { Tally } from './tally.ts';
import { hasWord } from './whole-word.ts';
import { withSighting } from './with-sighting.ts';

const schema = z.strictObject({
  /** With http: or https:. Redirects are not followed. */
  url: z.url({ protocol: /^https?$/, error: 'expected a URL with http: or https:' }),
  /** How many requests, each over a connection of its own. Default 1. */
  requests: z.int().min(1).max(1000).default(1),
  /** The status that each answer must have. Default 200. */
  status: z.int().min(100).max(599).default(200),
  /** What each answer must contain. */
  contains: z.union([z.string(), z.array(z.string())]).default([]),
  /** Names that must each stand, as a whole word, in at least one answer: proof that every server is reached. */
  reaches: z.array(z.string().min(1)).default([]),
  /** How many answers each name of `reaches` must be in: proof that requests are spread over all of them. Default 1. */
  atLeast: z.int().min(1).max(1000).default(1),
  /**
   * Seconds to go on asking while a name of `reaches` is missing, as after a server's restart; from the first of the host's
   * checks on. Default 10.
   */
  settle: z.number().min(0).max(600).default(10),
  /**
   * Each answer must contain the address that this machine asked from: proof that it gets through to the server. With
   * `{ otherwise: '…' }` one without it is no failure, but that text is told.
   */
  showsClient: z.union([z.boolean(), z.strictObject({ otherwise: z.string().min(1) })]).default(false),
  /** Seconds until a whole answer must be there. Default 5. */
  timeout: z.number().positive().max(600).default(5),
  /** Headers to send. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Accept any certificate, such as a self-signed one. Default false. */
  insecure: z.boolean().default(false),
});

type Spec = z.output<typeof schema>;

/**
 * Asks a web server from the machine that trueup runs on, and looks at its answers.
 *
 * Fails at the first answer that does not come in time, has another status, or lacks what `contains` and
 * `showsClient` expect; and at the end, if a name of `reaches` was in none of the answers, nor in those of some
 * seconds more (`settle`), or in fewer than `atLeast`.
 *
 * ```ts
 * httpCheck({ url: 'http://10.61.0.11/whoami', requests: 10, reaches: ['nginx-01', 'nginx-02'], showsClient: true })
 * ```
 *
 * Follows RFC 9110.
 */
export const httpCheck = defineCheck({
  kind: 'httpCheck',
  schema,
  name: ({ url }) => url,
  async run(spec, context) {
    const seen = new Tally(spec.reaches, spec.atLeast);
    const nameless: HttpAnswer[] = [];
    const meeting = { seen, nameless };
    const { problem, asked } = await askUntilReached(spec, context, seen, (turn) => ask(spec, turn, meeting));
    return withSighting(problem ?? verdict(spec, asked, meeting), seen);
  },
});

interface Meeting {
  readonly seen: Tally;
  /** The answers without the address that they were asked from. */
  readonly nameless: HttpAnswer[];
}

function verdict(spec: Spec, asked: number, { seen, nameless: [nameless] }: Meeting): Outcome {
  if (seen.missing.length > 0) return notReached(spec, asked, seen);
  const caution = nameless && cautionFor(spec, nameless);
  const detail = reached(spec, asked, seen);
  if (caution !== undefined) return { ok: true, detail, caution };
  return { ok: true, detail: spec.showsClient ? `${detail}, our address in each` : detail };
}

function cautionFor({ showsClient }: Spec, { clientAddress, body }: HttpAnswer): string | undefined {
  if (typeof showsClient === 'boolean') return undefined;
  return `not this machine's address ${clientAddress} in the answers, but ${excerpt(body)}\n${showsClient.otherwise}`;
}

async function ask(spec: Spec, turn: number, { seen, nameless }: Meeting): Promise<Outcome | undefined> {
  const which = spec.requests === 1 ? '' : `request ${turn}: `;
  let answer: HttpAnswer;
  try {
    answer = await getOnce(spec.url, spec);
  } catch (error) {
    return connectFailure(which, error);
  }
  seen.client = answer.clientAddress;
  for (const name of spec.reaches) if (hasWord(answer.body, name)) seen.count(name);
  if (!hasWord(answer.body, answer.clientAddress)) nameless.push(answer);
  return wrongStatus(spec, answer, which) ?? wrongBody(spec, answer, which);
}

function wrongStatus(spec: Spec, { status, body }: HttpAnswer, which: string): Outcome | undefined {
  if (status === spec.status) return undefined;
  const detail = `${which}expected status ${spec.status}, got ${status} with ${excerpt(body)}`;
  const advice = [502, 503, 504].includes(status)
    ? 'a proxy answered and had no server behind it: look whether the servers run and answer it'
    : "look at the server's own log";
  return { ok: false, detail, advice };
}

function wrongBody(spec: Spec, { body, clientAddress }: HttpAnswer, which: string): Outcome | undefined {
  const lacking = [spec.contains].flat().find((text) => !body.includes(text));
  if (lacking !== undefined) {
    const detail = `${which}expected ${JSON.stringify(lacking)} in the answer, got ${excerpt(body)}`;
    return { ok: false, detail, advice: 'another program or an older configuration may answer here' };
  }
  if (spec.showsClient !== true || hasWord(body, clientAddress)) return undefined;
  const detail = `${which}expected this machine's address ${clientAddress} in the answer, got ${excerpt(body)}`;
  const advice = spec.url.startsWith('https:')
    ? 'a balancer that only passes TLS on cannot tell who asks: let it speak the PROXY protocol to servers that trust it, or end TLS itself'
    : 'look whether the proxy sends X-Forwarded-For, and whether the server trusts it from there';
  return { ok: false, detail, advice };
}

function notReached(spec: Spec, asked: number, seen: Tally): Outcome {
  const detail = `expected answers of ${spec.reaches.join(', ')}; ${seen.lack} in ${answers(asked)} (${seen})`;
  return { ok: false, detail, advice: 'look whether it runs, and whether the balancer counts it as up' };
}

function reached(spec: Spec, asked: number, seen: Tally): string {
  return `${answers(asked)}${spec.reaches.length > 0 ? `: ${seen}` : ` with status ${spec.status}`}`;
}

function answers(asked: number): string {
  return asked === 1 ? '1 answer' : `${asked} answers`;
}

function excerpt(body: string): string {
  const text = mask(body);
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

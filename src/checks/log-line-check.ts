import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ABSENT, defineCheck, type Outcome, type Reader, shell } from '../model/index.ts';
import { connectFailure } from './connect-failure.ts';
import { getOnce } from './get-once.ts';

const schema = z.strictObject({
  /** The log file on the host. */
  path: z.string().startsWith('/', { error: 'expected an absolute path' }),
  /** The URL to ask for. Its certificate is not verified. */
  request: z.url({ protocol: /^https?$/, error: 'expected a URL with http: or https:' }),
  /** Seconds until the line must be there, and for the request before it. Default 10. */
  timeout: z.number().positive().max(600).default(10),
});

type Found = 'line' | 'no line' | 'no file';

const BETWEEN_LOOKS = 250;

/**
 * Proves that a request leaves a line in a log: sends one from the machine that trueup runs on, with a random
 * word in its query, and then looks on the host for that word in the file.
 *
 * Fails if the request gets no answer (its status does not matter), or the line is not there in time.
 *
 * ```ts
 * logLineCheck({ path: '/var/log/haproxy.log', request: `http://${host.address}/` })
 * ```
 */
export const logLineCheck = defineCheck({
  kind: 'logLineCheck',
  schema,
  name: ({ path }) => path,
  async run({ path, request, timeout }, { host }) {
    const word = `trueup-${randomBytes(8).toString('hex')}`;
    const url = withWord(request, word);
    try {
      await getOnce(url, { timeout, insecure: true });
    } catch (error) {
      return connectFailure(`${url}: `, error);
    }
    const found = await lookUntil(performance.now() + timeout * 1000, () => lookFor(word, path, host));
    return found === 'line'
      ? { ok: true, detail: `the request ${url} is in ${path}` }
      : missed(found, path, url, timeout);
  },
});

function withWord(request: string, word: string): string {
  const url = new URL(request);
  url.searchParams.set('trueup', word);
  return url.href;
}

async function lookUntil(deadline: number, look: () => Promise<Found>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found === 'line' || performance.now() >= deadline) return found;
    await pause(BETWEEN_LOOKS);
  }
}

/** One look: 3 says that there is no such file, anything else is what grep(1) says. */
const LOOK = `${ABSENT}
[ -e "$2" ] || ! absent "$2" || exit 3
grep -F -c -e "$1" -- "$2"`;

async function lookFor(word: string, path: string, host: Reader): Promise<Found> {
  const { code } = await host.probe(shell(LOOK, word, path), { expect: [0, 1, 3] });
  if (code === 3) return 'no file';
  return code === 0 ? 'line' : 'no line';
}

function missed(found: Found, path: string, url: string, timeout: number): Outcome {
  const advice = 'look whether the log service runs and was restarted, and where the server sends its log';
  const what = found === 'no file' ? `there is no ${path}` : `no line of it in ${path}`;
  return { ok: false, detail: `${url} was answered, but within ${timeout} s ${what}`, advice };
}

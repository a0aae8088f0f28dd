import { type Agent, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';

/** What is asked again and again, and what a good answer holds. */
export interface Target {
  readonly url: string;
  /** A regular expression; its first group names the server that answered. */
  readonly answer: string;
}

/** One request; times in milliseconds, `at` since 1970. */
export interface Outcome {
  readonly url: string;
  readonly at: number;
  readonly ms: number;
  readonly server?: string;
  /** Why it counts as failed: whatever is not a whole 200 with the right words in time. */
  readonly error?: string;
}

/** Asks once, over the agent's connection or else one of its own. Never rejects: every way to fail is an outcome. */
export async function askOnce({ url, answer }: Target, limit: number, agent?: Agent): Promise<Outcome> {
  const at = Date.now();
  try {
    const body = await fetchWhole(url, limit, agent);
    const found = new RegExp(answer).exec(body);
    if (!found) throw new Error(`wrong content: ${JSON.stringify(body.slice(0, 80))}`);
    return { url, at, ms: Date.now() - at, ...(found[1] && { server: found[1] }) };
  } catch (error) {
    return { url, at, ms: Date.now() - at, error: error instanceof Error ? error.message : String(error) };
  }
}

function fetchWhole(url: string, limit: number, agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? overTls : overHttp;
    const request = ask(url, { agent, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (!response.complete) reject(new Error('the answer was cut short'));
        else if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        else resolve(Buffer.concat(chunks).toString());
      });
    });
    const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${limit} ms`)), limit);
    request.on('error', reject);
    request.on('close', () => clearTimeout(deadline));
    request.end();
  });
}

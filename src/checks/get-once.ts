import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { tooLate } from './connect-failure.ts';

export interface GetOptions {
  /** Seconds until the whole answer must be there. */
  readonly timeout: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Accept any certificate. */
  readonly insecure?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** At most the first MiB. */
  readonly body: string;
  /** The address of this machine that the request came from. */
  readonly clientAddress: string;
}

const MOST = 1024 * 1024;

/** One GET over a connection of its own, so that a balancer chooses anew; redirects are not followed. */
export async function getOnce(url: string, options: GetOptions): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(options.timeout * 1000);
  try {
    return await answerTo(url, options, signal);
  } catch (error) {
    throw signal.aborted ? tooLate(options.timeout) : error;
  }
}

async function answerTo(url: string, options: GetOptions, signal: AbortSignal): Promise<HttpAnswer> {
  const { get } = url.startsWith('https:') ? https : http;
  const { headers = {}, insecure = false } = options;
  const request = get(url, { agent: false, headers, signal, rejectUnauthorized: !insecure });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const clientAddress = response.socket.localAddress ?? '';
  return { status: response.statusCode ?? 0, body: await bodyOf(response), clientAddress };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MOST) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST).toString();
}

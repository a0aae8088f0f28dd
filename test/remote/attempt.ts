import { type Host, TrueupError } from '../../src/model/index.ts';
import { type ConnectOptions, connect } from '../../src/remote/index.ts';
import type { Sshd } from './sshd.ts';

/** Connects, asks who we are there, and closes again. */
export async function login(
  sshd: Sshd,
  host: Partial<Host> = {},
  options: Partial<ConnectOptions> = {},
): Promise<string> {
  const remote = await connect({ ...sshd.host, ...host }, { ...sshd.options, ...options });
  try {
    const { probes } = await remote.run({ actions: [], probes: [{ command: ['whoami'], limit: 5 }] });
    return probes[0]?.kind === 'output' ? probes[0].output.stdout.trim() : 'no answer';
  } finally {
    await remote.close();
  }
}

/** The error that it ends in; fails if there is none. */
export async function refusal(...attempt: Parameters<typeof login>): Promise<TrueupError> {
  const result = await login(...attempt).catch((error: unknown) => error);
  if (result instanceof TrueupError) return result;
  throw new Error(`not refused: ${result}`);
}

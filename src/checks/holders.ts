import { type CheckContext, type Host, TrueupError } from '../model/index.ts';

export interface Holders {
  readonly holders: readonly string[];
  /** Who could not be asked, and why. */
  readonly silent: readonly string[];
}

/** Which of the hosts hold the address right now; all of them are asked at the same time. */
export async function holdersOf(
  address: string,
  among: readonly Host[],
  context: CheckContext,
): Promise<Holders> {
  const answers = await Promise.allSettled(among.map((host) => holds(host, address, context)));
  const silent = answers.flatMap((answer, index) =>
    answer.status === 'rejected' ? [`${among[index]?.name}: ${reason(answer.reason)}`] : [],
  );
  const isHolder = (index: number) => {
    const answer = answers[index];
    return answer?.status === 'fulfilled' && answer.value;
  };
  return { holders: among.filter((_, index) => isHolder(index)).map(({ name }) => name), silent };
}

async function holds(host: Host, address: string, context: CheckContext): Promise<boolean> {
  const { stdout } = await context.at(host).probe(['ip', '-o', 'address', 'show', 'to', address]);
  return stdout.trim() !== '';
}

function reason(error: unknown): string {
  if (!(error instanceof TrueupError)) throw error;
  return error.message;
}

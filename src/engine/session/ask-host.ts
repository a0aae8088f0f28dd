import type { Reader } from '../../model/index.ts';
import type { Tools } from '../tools.ts';
import type { Session } from './session.ts';

/** The answer to one question; if the link is lost, asked again over a new connection. */
export async function askHost<T>(
  session: Session,
  { readTogether }: Pick<Tools, 'readTogether'>,
  question: (host: Reader) => Promise<T>,
): Promise<T> {
  const { results } = await session.again((remote) => readTogether(remote, [question]));
  const answer = results[0];
  if (answer?.status !== 'fulfilled') throw answer?.reason;
  return answer.value;
}

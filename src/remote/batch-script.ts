import type { Answer, Batch, BatchAnswers, Invocation } from '../model/index.ts';
import { answerOf } from './answer-of.ts';
import { invocationScript } from './invocation-script.ts';
import type { Piece } from './pieces.ts';

/** The batch as the body of a framed script: one piece of output for each invocation that ran. */
export function batchScript({ actions, probes }: Batch): string {
  const guarded = actions.map((action) => `if [ $f = 0 ]; then\n${step(action)}\nf=$c\nfi`);
  return ['f=0', ...guarded, ...probes.map(step)].join('\n');
}

function step(invocation: Invocation): string {
  return `${invocationScript(invocation)}\ne $?`;
}

/** What became of each invocation. */
export function batchAnswers({ actions, probes }: Batch, pieces: readonly Piece[]): BatchAnswers {
  const ran = pieces.length - probes.length;
  const answer = ({ limit }: Invocation, index: number): Answer => {
    const piece = pieces[index];
    return piece === undefined || index < 0 ? { kind: 'skipped' } : answerOf(piece, limit);
  };
  return {
    actions: actions.map((action, index) => (index < ran ? answer(action, index) : { kind: 'skipped' })),
    probes: probes.map((probe, index) => answer(probe, ran + index)),
  };
}

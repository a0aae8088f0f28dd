import { offsetOf, type Place } from '../../model/index.ts';

/** The code of one tag: where it stands in the template, and where in the function that EJS made of it. */
interface Chunk {
  readonly writtenAt: number;
  readonly statementAt: number;
  readonly start: number;
  readonly end: number;
}

/** Where in a template, counted from 0, stands what runs at a place of the function body that EJS generates of it. */
export function templateOffset(template: string, generated: string, running: Omit<Place, 'file'>): number {
  const at = offsetOf(generated, running);
  const chunk = chunksOf(template, generated).findLast(({ statementAt }) => statementAt <= at);
  if (!chunk) return 0;
  const code = generated.slice(chunk.start, chunk.end);
  const first = code.length - code.trimStart().length;
  const inside = Math.max(Math.min(at - chunk.start, code.trimEnd().length - 1), first);
  return chunk.writtenAt + inside;
}

const TAG = /<%%|<%([=\-_#]?)([\s\S]*?)[-_]?(?<!%)%>/g;
const STATEMENT = '    ; ';
const OUTPUT: Readonly<Record<string, string>> = { '=': '__append(escapeFn(', '-': '__append(' };

/** EJS writes one statement a tag, in their order, and the code of each as it stands. */
function chunksOf(template: string, generated: string): Chunk[] {
  let from = 0;
  return [...template.matchAll(TAG)].flatMap(({ 0: tag, 1: kind = '', 2: code = '', index }) => {
    if (tag === '<%%' || kind === '#') return [];
    const output = OUTPUT[kind] ?? '';
    const text = output === '' ? code : code.replace(/;(\s*)$/, '$1');
    const found = generated.indexOf(`\n${STATEMENT}${output}${text}`, from);
    if (found < 0) return [];
    const statementAt = found + 1 + STATEMENT.length;
    const start = statementAt + output.length;
    from = start + text.length;
    return [{ writtenAt: index + 2 + kind.length, statementAt, start, end: from }];
  });
}

import { createTwoFilesPatch, OMIT_HEADERS } from 'diff';
import type { ShownChange } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** A unified diff of what a change does to a text; nothing if it has no text. */
export function diffLines(name: string, change: ShownChange, paint: Paint): string[] {
  if (change.before === undefined && change.after === undefined) return [];
  const { before = '', after = '' } = change;
  if (before === after) return [];
  const hunks = createTwoFilesPatch(name, name, before, after, '', '', {
    context: 3,
    headerOptions: OMIT_HEADERS,
  });
  const head = [`--- ${name}\ton the host`, `+++ ${name}\twanted`];
  const lines = [...head, ...hunks.replace(/\n$/, '').split('\n')];
  return lines.map((line) => colour(visible(line), paint));
}

function colour(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('@@') ? paint.cyan(line) : line;
}

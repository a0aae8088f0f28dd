import { createTwoFilesPatch } from 'diff';
import type { ShownChange } from '../../model/index.ts';
import type { Paint } from './paint.ts';

/** A unified diff of what a change does to a text; nothing if it has no text. */
export function diffLines(name: string, change: ShownChange, paint: Paint): string[] {
  if (change.before === undefined && change.after === undefined) return [];
  const patch = createTwoFilesPatch(
    name,
    name,
    change.before ?? '',
    change.after ?? '',
    'on the host',
    'wanted',
    {
      context: 3,
    },
  );
  const lines = patch
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('====='));
  return lines.map((line) => colour(line, paint));
}

function colour(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('@@') ? paint.cyan(line) : line;
}

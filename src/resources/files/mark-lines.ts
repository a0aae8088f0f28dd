import { InputError, type Place, placeAt } from '../../model/index.ts';

const TOKEN = /<%%|%%>|<%[=\-_#]?|[-_]?%>|\n/g;
const MARK = /\0(\d+):(\d+)\0/g;

/** Puts a mark at the beginning of each line that is not inside of a tag, so that it shows up in what is rendered. */
export function markLines(template: string, file: string, fileNumber: number): string {
  const nul = template.indexOf('\0');
  if (nul >= 0) {
    const place = placeAt(file, template, nul);
    throw new InputError('a template cannot hold a NUL byte', { place });
  }
  let line = 1;
  let tagAt: number | undefined;
  const marked = template.replace(TOKEN, (token, offset: number) => {
    if (token.startsWith('<%') && tagAt !== undefined) throw unclosed(template, file, tagAt);
    if (token === '\n') line += 1;
    else if (token !== '%%>') tagAt = token.startsWith('<%') && token !== '<%%' ? offset : undefined;
    return token === '\n' && tagAt === undefined ? `\n\0${fileNumber}:${line}\0` : token;
  });
  if (tagAt !== undefined) throw unclosed(template, file, tagAt);
  return `\0${fileNumber}:1\0${marked}`;
}

function unclosed(template: string, file: string, tagAt: number): InputError {
  const place = placeAt(file, template, tagAt);
  return new InputError('the tag that begins here is not closed: %> is missing', { place });
}

/** What was rendered, without its marks, and by line where each came from. */
export function takeMarks(marked: string, files: readonly string[]): { text: string; places: Place[] } {
  let place: Place = { file: files[0] ?? '', line: 1 };
  const places = marked.split('\n').map((line) => {
    const [leading = ''] = /^(?:\0\d+:\d+\0)*/.exec(line) ?? [];
    const first = leading === '' ? place : (markedPlaces(leading, files).at(-1) ?? place);
    place = markedPlaces(line, files).at(-1) ?? place;
    return first;
  });
  return { text: marked.replace(MARK, ''), places };
}

function markedPlaces(line: string, files: readonly string[]): Place[] {
  return [...line.matchAll(MARK)].map(([, file, number]) => ({
    file: files[Number(file)] ?? '',
    line: Number(number),
  }));
}

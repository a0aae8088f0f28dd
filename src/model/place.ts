/** Where something was written; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Where a file begins: for what is wrong with all of it. */
export function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** The place of a character of a file's text, which is counted from 0. */
export function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** The reverse of `placeAt`. */
export function offsetOf(text: string, { line, column = 1 }: Omit<Place, 'file'>): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

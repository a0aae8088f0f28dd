/**
 * Is the word in the text, and not only as a part of a longer one? `nginx-1` is not in `nginx-10`, and
 * `10.61.0.1` is neither in `10.61.0.11` nor in `210.61.0.1`.
 */
export function hasWord(text: string, word: string): boolean {
  const edge = word.includes(':') ? '[\\w:-]' : '[\\w-]';
  return new RegExp(`(?<!${edge}|\\d\\.)${escaped(word)}(?!${edge}|\\.\\d)`).test(text);
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

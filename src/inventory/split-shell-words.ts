/** The words of a text, as POSIX sh and Ansible split it: quotes hold together, nothing is expanded. */
export function splitShellWords(text: string): string[] | undefined {
  const words: string[] = [];
  const PART = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)\s*/y;
  while (PART.lastIndex < text.length) {
    const word = PART.exec(text)?.[1];
    if (word === undefined) return text.trim() === '' ? [] : undefined;
    words.push(bare(word));
  }
  return words;
}

function bare(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped ?? '',
  );
}

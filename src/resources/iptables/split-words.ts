const WORD = /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g;

/** The words of an iptables-save line: split at blanks, `"…"` being one word in which `\` escapes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(WORD)].map(
    ([, double, single, plain]) => plain ?? (double ?? single ?? '').replace(/\\(.)/g, '$1'),
  );
}

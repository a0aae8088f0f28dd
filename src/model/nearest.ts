/**
 * The candidate that the word was probably meant to be: at most two edits away, whichever letters are capitals, and not a
 * word too short to tell.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits > allowed(word) || (best && best.edits <= edits)) continue;
    best = { candidate, edits };
  }
  return best?.candidate;
}

/** `: did you mean X?`, or nothing where nothing is near: to end a sentence with. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : `: did you mean \`${meant}\`?`;
}

function allowed(word: string): number {
  return word.length < 4 ? 1 : 2;
}

/** Insertions, deletions, replacements, and swaps of two neighbours. */
export function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const edits = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (same ? 0 : 1));
      next.push(swapped ? Math.min(edits, at(older, j - 2) + 1) : edits);
    }
    older = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

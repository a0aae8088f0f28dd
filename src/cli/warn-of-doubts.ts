import { formatPlace } from '../model/index.ts';
import type { DoubtfulVar } from '../playbook/index.ts';

/** Tells of vars that may be misspelt: plays quietly take their defaults instead. */
export function warnOfDoubts(doubts: readonly DoubtfulVar[]): void {
  for (const { name, meant, place } of doubts) {
    const message = `no play of this playbook declares the var \`${name}\`: did you mean \`${meant}\`?`;
    process.stderr.write(`warning: ${formatPlace(place)}: ${message}\n`);
  }
}

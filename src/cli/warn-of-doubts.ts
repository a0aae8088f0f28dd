import { strayVarsFiles } from '../inventory/stray-vars-files.ts';
import { formatPlace, type Inventory } from '../model/index.ts';
import type { DoubtfulVar } from '../playbook/index.ts';
import { visible } from './views/visible.ts';

/** Tells of vars and of their files that may be misspelt: plays quietly take their defaults instead. */
export async function warnOfDoubts(doubts: readonly DoubtfulVar[], inventory: Inventory): Promise<void> {
  for (const { path, meant } of await strayVarsFiles(inventory)) {
    warn(`${path}: no host or group of this inventory is called so: did you mean \`${meant}\`?`);
  }
  for (const { name, meant, place } of doubts) {
    warn(
      `${formatPlace(place)}: no play of this playbook declares the var \`${name}\`: did you mean \`${meant}\`?`,
    );
  }
}

function warn(message: string): void {
  process.stderr.write(`warning: ${visible(message)}\n`);
}

import { unusedVarsFiles } from '../inventory/unused-vars-files.ts';
import { formatPlace, type Inventory } from '../model/index.ts';
import type { LikelyTypo } from '../playbook/index.ts';
import { visible } from './views/visible.ts';

/** Tells of vars and of their files that may be misspelt: plays quietly take their defaults instead. */
export async function warnLikelyTypos(doubts: readonly LikelyTypo[], inventory: Inventory): Promise<void> {
  for (const { path, meant } of await unusedVarsFiles(inventory)) {
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

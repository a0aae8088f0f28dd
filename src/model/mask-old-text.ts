import { Mask } from './mask.ts';
import { mask } from './secret.ts';

/** A shorter value of `.env` is often a setting, such as a port, that other texts are full of. */
const SHORTEST_VALUE = 6;

const envValues = new Mask();

/** What `.env` holds. It may have been a secret that the playbook no longer asks for, in a file that still has it. */
export function rememberEnvValues(values: readonly string[]): void {
  for (const value of values) if (value.trim().length >= SHORTEST_VALUE) envValues.add(value);
}

/**
 * The old text of a change without secrets and without values of `.env`. Lines that stay are left as they are: the new text
 * shows them anyway, and a mask would make them look changed.
 */
export function maskOldText(before: string, after = ''): string {
  const stays = new Set(after.split('\n'));
  const blocks: { text: string; stays: boolean }[] = [];
  for (const line of before.split('\n')) {
    const last = blocks.at(-1);
    if (last && last.stays === stays.has(line)) last.text += `\n${line}`;
    else blocks.push({ text: line, stays: stays.has(line) });
  }
  return mask(blocks.map((block) => (block.stays ? block.text : envValues.of(block.text))).join('\n'));
}

import { didYouMean, InputError, type Inventory } from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';
import type { ExtraVar, ExtraVars } from './extra-vars.ts';

/** Refuses vars of the command line that no selected play declares, and misspelt connection keys. */
export function checkUnknownVars(
  selected: readonly PlayDefinition[],
  all: readonly PlayDefinition[],
  inventory: Inventory,
  extraVars: ExtraVars,
): void {
  const declared = new Set(selected.flatMap(({ vars }) => Object.keys(vars.shape)));
  const stranger = [...extraVars].find(([name]) => !declared.has(name));
  if (stranger) throw undeclared(stranger, declared, all);
  const [suspect] = inventory.suspects(declared);
  if (!suspect) return;
  throw new InputError(`unknown key \`${suspect.key}\`: did you mean \`${suspect.meant}\`?`, {
    place: suspect.place,
    advice: 'If it is a var, declare it in the vars of a play.',
  });
}

function undeclared(
  [name, { place }]: [string, ExtraVar],
  declared: ReadonlySet<string>,
  all: readonly PlayDefinition[],
): InputError {
  const elsewhere = all.find(({ vars }) => Object.hasOwn(vars.shape, name));
  const hint = elsewhere ? `; ${elsewhere.name} does, but has no host here` : didYouMean(name, declared);
  const known = declared.size === 0 ? 'They declare none.' : `They declare ${[...declared].join(', ')}.`;
  return new InputError(`-e ${name}: no selected play declares this var${hint}`, { place, advice: known });
}

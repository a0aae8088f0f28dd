import { didYouMean } from '../../src/model/index.ts';

/** In words: there is no such thing, what was probably meant, and what there is. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  const all = known.join(', ');
  if (name === '') return `which ${what}? There are ${all}`;
  const meant = didYouMean(name, known);
  return `no ${what} ${name}${meant === '' ? ': there' : `${meant} There`} are ${all}`;
}

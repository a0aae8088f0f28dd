import { InputError, type Place } from '../model/index.ts';

const RANGE = /\[(\w+):(\w+)(?::(\d+))?\]/;

/** How many hosts an inventory may have, unless the command line says otherwise. */
export const MOST_HOSTS = 10_000;

export interface RangeOptions {
  readonly place?: Place | undefined;
  /** How many names there may be; they are counted before the first one is made. */
  readonly most?: number;
}

/** `web[01:03]` is web01, web02, web03; `db-[a:c]` goes by letters; a third number is the step. */
export function expandRange(name: string, { place, most = MOST_HOSTS }: RangeOptions = {}): string[] {
  const parts = partsOf(name, place);
  const count = parts.reduce((product, part) => product * (typeof part === 'string' ? 1 : part.count), 1);
  if (count > most) throw tooMany(name, count, most, place);
  return parts.reduce<string[]>(
    (names, part) => {
      if (typeof part === 'string') return names.map((begun) => begun + part);
      return names.flatMap((begun) => Array.from({ length: part.count }, (_, at) => begun + part.value(at)));
    },
    [''],
  );
}

/** Says how many there would be. */
export function tooMany(name: string, count: number, most: number, place: Place | undefined): InputError {
  const message = `${name} is ${inWords(count)} hosts: an inventory may have ${inWords(most)}`;
  return new InputError(message, { place, advice: 'If you mean it, allow more with --max-hosts NUMBER.' });
}

function inWords(count: number): string {
  return Number.isSafeInteger(count) ? count.toLocaleString('en') : 'more than 9 quadrillion';
}

interface Series {
  readonly count: number;
  value(at: number): string;
}

/** Texts, and the ranges between them. */
function partsOf(name: string, place: Place | undefined): (string | Series)[] {
  const match = RANGE.exec(name);
  if (!match) {
    if (/[[\]]/.test(name)) throw unreadable(name, place);
    return [name];
  }
  const [range, from = '', to = '', step = '1'] = match;
  const series = /^\d+$/.test(from + to) ? numbers(from, to, Number(step)) : letters(from, to, Number(step));
  if (series.count < 1) throw unreadable(name, place);
  const rest = name.slice(match.index + range.length);
  return [name.slice(0, match.index), series, ...(rest === '' ? [] : partsOf(rest, place))];
}

function unreadable(name: string, place: Place | undefined): InputError {
  return new InputError(`expected a range such as [01:20] or [a:f] in the name, found ${name}`, { place });
}

function numbers(from: string, to: string, step: number): Series {
  const width = from.startsWith('0') ? from.length : 0;
  return series(Number(from), Number(to), step, (number) => String(number).padStart(width, '0'));
}

function letters(from: string, to: string, step: number): Series {
  if (from.length !== 1 || to.length !== 1) return { count: 0, value: () => '' };
  return series(from.charCodeAt(0), to.charCodeAt(0), step, (code) => String.fromCharCode(code));
}

function series(from: number, to: number, step: number, shown: (value: number) => string): Series {
  const count = step < 1 ? 0 : Math.floor((to - from) / step) + 1;
  return { count, value: (at) => shown(from + at * step) };
}

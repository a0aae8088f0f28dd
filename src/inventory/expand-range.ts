import { InputError, type Place } from '../model/index.ts';

const RANGE = /\[(\w+):(\w+)(?::(\d+))?\]/;
const MOST = 10_000;

/** `web[01:03]` is web01, web02, web03; `db-[a:c]` goes by letters; a third number is the step. */
export function expandRange(name: string, place?: Place): string[] {
  const match = RANGE.exec(name);
  if (!match) {
    if (/[[\]]/.test(name)) throw unreadable(name, place);
    return [name];
  }
  const [range, from = '', to = '', step = '1'] = match;
  const values = /^\d+$/.test(from + to) ? numbers(from, to, Number(step)) : letters(from, to, Number(step));
  if (values.length === 0) throw unreadable(name, place);
  return values.flatMap((value) => expandRange(name.replace(range, value), place));
}

function unreadable(name: string, place: Place | undefined): InputError {
  return new InputError(`expected a range such as [01:20] or [a:f] in the name, found ${name}`, { place });
}

function numbers(from: string, to: string, step: number): string[] {
  const width = from.startsWith('0') ? from.length : 0;
  return series(Number(from), Number(to), step).map((number) => String(number).padStart(width, '0'));
}

function letters(from: string, to: string, step: number): string[] {
  if (from.length !== 1 || to.length !== 1) return [];
  return series(from.charCodeAt(0), to.charCodeAt(0), step).map((code) => String.fromCharCode(code));
}

function series(from: number, to: number, step: number): number[] {
  const length = Math.floor((to - from) / step) + 1;
  if (step < 1 || length < 1 || length > MOST) return [];
  return Array.from({ length }, (_, index) => from + index * step);
}

import { readFileSync } from 'node:fs';
import { offsetOf, type Place, placeAt } from './place.ts';

/**
 * Where a call's object literal, written at `call`, gives the first of these fields that it gives at all; else where
 * the call is, such as for a spec that was made elsewhere.
 */
export function fieldPlace(call: Place | undefined, fields: readonly string[]): Place | undefined {
  if (call?.column === undefined || fields.length === 0) return call;
  const text = textOf(call.file);
  const keys = keysOf(text, offsetOf(text, call));
  const at = fields.map((field) => keys.get(field)).find((offset) => offset !== undefined);
  return at === undefined ? call : placeAt(call.file, text, at);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const BLANK = /^(?:\s|\/\/|\/\*)/;
const TOKEN =
  /\s+|\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\[\s\S]|[^`\\])*`|[\w$]+|[\s\S]/g;

/** The keys right inside of `name({ … })`, with where they begin. */
function keysOf(text: string, from: number): Map<string, number> {
  const keys = new Map<string, number>();
  const open: string[] = [];
  let before = '';
  for (const { 0: token, index } of text.slice(from).matchAll(TOKEN)) {
    if (BLANK.test(token)) continue;
    if (open.join('') === '({' && ['{', ','].includes(before)) {
      keys.set(token.replace(/^(['"])(.*)\1$/, '$2'), from + index);
    }
    if ('([{'.includes(token)) open.push(token);
    if (')]}'.includes(token) && open.pop() === '(' && open.length === 0) break;
    before = token;
  }
  return keys;
}

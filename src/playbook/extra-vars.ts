import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import {
  didYouMean,
  InputError,
  MOST_BYTES,
  type Place,
  realPathOutside,
  refuseWritable,
  startOf,
} from '../model/index.ts';

export interface ExtraVar {
  readonly value: unknown;
  /** As it was typed, where that is a text of its own: what a var that shall be a text is given. */
  readonly text?: string;
  /** As people know it: `-e NAME`. */
  readonly origin: string;
  /** For one of a file. */
  readonly place: Place | undefined;
}

/** Vars of the command line, over those of the inventory. */
export type ExtraVars = ReadonlyMap<string, ExtraVar>;

/**
 * Reads the values of `-e`: `NAME=VALUE` with a YAML value (for a var that shall be a text, as it was typed),
 * `{NAME: VALUE}` as YAML or JSON, or `@FILE` with a YAML or JSON mapping. A later one wins.
 */
export function parseExtraVars(list: readonly string[]): ExtraVars {
  return new Map(list.flatMap(varsIn));
}

function varsIn(text: string): [string, ExtraVar][] {
  if (text.startsWith('@')) return fromFile(text.slice(1));
  return text.trimStart().startsWith('{') ? fromMapping(text) : [fromText(text)];
}

function fromMapping(text: string): [string, ExtraVar][] {
  return Object.entries(Object(yamlValue(text, `-e ${text}`))).map(([name, value]) => [
    name,
    { value, origin: `-e ${name}`, place: undefined },
  ]);
}

function fromText(text: string): [string, ExtraVar] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InputError(`-e ${text}: expected NAME=VALUE or @FILE`);
  }
  refuseSecond(text, value);
  const ready = value === '' ? '' : yamlValue(value, `-e ${text}`);
  return [name, { value: ready, text: value, origin: `-e ${name}`, place: undefined }];
}

/** Ansible reads `a=1 b=2` as two vars; here it would be one with an odd text. */
function refuseSecond(text: string, value: string): void {
  if (/^["'[{]/.test(value) || !/\s[A-Za-z_]\w*=/.test(value)) return;
  throw new InputError(`-e ${text}: looks like several vars in one -e`, {
    advice:
      'Give each its own -e; for one text with a = in it, quote it for YAML too, as in -e \'a="b c=d"\'.',
  });
}

function yamlValue(text: string, where: string): unknown {
  const { value, problem } = parse(text);
  if (problem === undefined) return value;
  throw new InputError(`${where}: not a YAML value: ${problem.message}`, {
    advice: 'Quote it for YAML too, as in -e \'note="a: b"\'.',
  });
}

function fromFile(file: string): [string, ExtraVar][] {
  const { value, problem, offsets, placeAt } = parse(read(file));
  if (problem)
    throw new InputError(shown(problem.message, file), { place: { file, ...placeAt(problem.offset) } });
  if (value === null) return [];
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).map(([name, each]) => {
      const place = { file, ...placeAt(offsets.get(name) ?? 0) };
      return [name, { value: each, origin: `-e @${basename(file)}`, place }];
    });
  }
  throw new InputError('expected a mapping of vars', { place: startOf(file) });
}

/** The parser quotes what it stumbles over; that of another's file, as found by a link, is not for everyone's eyes. */
function shown(message: string, file: string): string {
  const real = realPathOutside(file);
  return real === undefined ? message : `not YAML; it is a link to ${real}, so that its text is not shown`;
}

interface Parsed {
  readonly value?: unknown;
  readonly problem?: { readonly message: string; readonly offset: number };
  /** Where the keys of a mapping begin. */
  readonly offsets: ReadonlyMap<string, number>;
  placeAt(offset: number): { line: number; column: number };
}

function parse(text: string): Parsed {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const placeAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const items = isMap(document.contents) ? document.contents.items : [];
  const offsets = new Map(
    items.flatMap(({ key }) => (isScalar(key) && key.range ? [[String(key.value), key.range[0]]] : [])),
  );
  const [error] = [...document.errors, ...document.warnings];
  if (error) return { problem: { message: splitShellWords(error), offset: error.pos[0] }, offsets, placeAt };
  try {
    return { value: document.toJS(), offsets, placeAt };
  } catch (thrown) {
    return { problem: { message: inWords(thrown), offset: 0 }, offsets, placeAt };
  }
}

function splitShellWords({ code, message }: { code: string; message: string }): string {
  return code === 'RESOURCE_EXHAUSTION' ? 'nested too deep to be read' : message;
}

/** The parser gives up where aliases stand for more than a hundred times what is written. */
function inWords(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return /^Excessive alias/.test(message) ? 'its aliases (*NAME) stand for too many values' : message;
}

function read(file: string): string {
  refuseWritable(file);
  try {
    if (statSync(file).size > MOST_BYTES) throw new Error('it is larger than 4 MiB');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw absent(file, error);
    throw new InputError(`-e @${file}: cannot be read: ${String(error)}`, { cause: error });
  }
}

function absent(file: string, cause: Error): InputError {
  let beside: string[] = [];
  try {
    beside = readdirSync(dirname(file));
  } catch {
    // Then there is no name to propose.
  }
  return new InputError(`-e @${file}: there is no such file${didYouMean(basename(file), beside)}`, { cause });
}

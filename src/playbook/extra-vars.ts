import { readFileSync } from 'node:fs';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { InputError } from '../model/index.ts';

/** Vars of the command line, over those of the inventory. */
export type ExtraVars = ReadonlyMap<string, unknown>;

/** Reads the values of `-e`: `NAME=VALUE` with a YAML value, or `@FILE` with a YAML mapping. A later one wins. */
export function parseExtraVars(list: readonly string[]): ExtraVars {
  return new Map(list.flatMap((text) => (text.startsWith('@') ? fromFile(text.slice(1)) : [fromText(text)])));
}

function fromText(text: string): [string, unknown] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InputError(`-e ${text}: expected NAME=VALUE or @FILE`);
  }
  return [name, value === '' ? '' : yamlValue(value, `-e ${text}`)];
}

function yamlValue(value: string, where: string): unknown {
  const document = parseDocument(value, { prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (!problem) return document.toJS();
  throw new InputError(`${where}: not a YAML value: ${problem.message}`, {
    advice: 'Quote it for YAML too, as in -e \'note="a: b"\'.',
  });
}

function fromFile(file: string): [string, unknown][] {
  const lineCounter = new LineCounter();
  const document = parseDocument(read(file), { prettyErrors: false, lineCounter });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new InputError(problem.message, { place: { file, line, column: col } });
  }
  if (document.contents === null) return [];
  if (!isMap(document.contents)) {
    throw new InputError('expected a mapping of vars', { place: { file, line: 1 } });
  }
  return Object.entries(document.toJS() as Record<string, unknown>);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`-e @${file}: cannot be read: ${String(error)}`, { cause: error });
  }
}

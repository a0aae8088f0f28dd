import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
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

function yamlValue(text: string, where: string): unknown {
  const { value, problem } = parse(text);
  if (problem === undefined) return value;
  throw new InputError(`${where}: not a YAML value: ${problem}`, {
    advice: 'Quote it for YAML too, as in -e \'note="a: b"\'.',
  });
}

function fromFile(file: string): [string, unknown][] {
  const { value, problem, line } = parse(read(file));
  if (problem !== undefined) throw new InputError(problem, { place: { file, line } });
  if (value === null) return [];
  if (typeof value === 'object' && !Array.isArray(value)) return Object.entries(value);
  throw new InputError('expected a mapping of vars', { place: { file, line: 1 } });
}

function parse(text: string): { value?: unknown; problem?: string; line: number } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) return { problem: problem.message, line: lineCounter.linePos(problem.pos[0]).line };
  try {
    return { value: document.toJS(), line: 1 };
  } catch (error) {
    return { problem: String(error), line: 1 };
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`-e @${file}: cannot be read: ${String(error)}`, { cause: error });
  }
}

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FactsNeeded, InputError, type Place, placesOf, TrueupError } from '../model/index.ts';

const OURS = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a playbook's own code threw, as an error that names the playbook's line; ours pass as they are. */
export function blame(error: unknown, doing: string, otherwise?: Place): Error {
  if (error instanceof TrueupError || error instanceof FactsNeeded) return error;
  if (!(error instanceof Error)) return new InputError(`${doing}: ${String(error)}`, { place: otherwise });
  const place = parsePlace(error) ?? missingModule(error) ?? thrownAt(error) ?? otherwise;
  return new InputError(`${doing}: ${reasonOf(error)}`, { place, cause: error });
}

const PARSE_ERROR = /^(?:ParseError: )?([\s\S]*?)\s*\n\s*(\/.+):(\d+):(\d+)$/;

function parsePlace({ message }: Error): Place | undefined {
  const [, , file, line, column] = PARSE_ERROR.exec(message) ?? [];
  // Babel counts columns from 0.
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) + 1 };
}

function missingModule(error: Error): Place | undefined {
  const specifier = /^Cannot find module '(.+?)'/.exec(error.message)?.[1];
  const [file] = 'requireStack' in error && Array.isArray(error.requireStack) ? error.requireStack : [];
  if (specifier === undefined || typeof file !== 'string') return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`));
  return { file, line: Math.max(index, 0) + 1 };
}

/** The innermost place that is neither ours nor a library's. Its line is true, its column is not. */
function thrownAt({ message, stack = '' }: Error): Place | undefined {
  const place = placesOf(stack).find(
    ({ file }) => !file.startsWith(`${OURS}/`) && !file.includes('/node_modules/'),
  );
  return place && { file: place.file, line: lineOfName(message, place) };
}

/** An undefined name is blamed on the line where its statement begins: it stands there or further down. */
function lineOfName(message: string, { file, line }: Place): number {
  const name = /^([\w$]+) is not defined$/.exec(message)?.[1];
  if (name === undefined) return line;
  const lines = readFileSync(file, 'utf8').split('\n');
  const further = lines.slice(line - 1).findIndex((text) => text.split(/[^\w$]+/).includes(name));
  return line + Math.max(further, 0);
}

function reasonOf(error: Error): string {
  const syntax = PARSE_ERROR.exec(error.message)?.[1];
  if (syntax !== undefined) return `syntax error: ${syntax}`;
  const [first = ''] = error.message.split('\n');
  return error.name === 'Error' ? first : `${error.name}: ${first}`;
}

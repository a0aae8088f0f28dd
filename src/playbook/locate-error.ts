import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import {
  didYouMean,
  FactsNeeded,
  InputError,
  isCompiled,
  issuesInWords,
  offsetOf,
  type Place,
  placeAt,
  placesOf,
  TrueupError,
} from '../model/index.ts';

/** What a playbook's own code threw, as an error that names the playbook's line; ours pass as they are. */
export function locateError(
  error: unknown,
  doing: string,
  otherwise: () => Place | undefined = () => undefined,
): Error {
  if (error instanceof TrueupError || error instanceof FactsNeeded) return error;
  if (!(error instanceof Error)) return new InputError(`${doing}: ${inWords(error)}`, { place: otherwise() });
  const place = parsePlace(error) ?? missingModule(error) ?? thrownAt(error) ?? otherwise();
  const meant = place ? suggestName(place.file, error.message) : '';
  return new InputError(`${doing}: ${reasonOf(error)}${meant}`, { place, cause: error });
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
  const text = readFileSync(file, 'utf8');
  const at = [`'${specifier}'`, `"${specifier}"`].map((quoted) => text.indexOf(quoted)).find((at) => at >= 0);
  return placeAt(file, text, at ?? 0);
}

/** The innermost place of what was loaded for the playbook, and is no library. */
function thrownAt({ message, stack = '' }: Error): Place | undefined {
  const place = placesOf(stack.replace(message, '')).find(
    ({ file }) => isCompiled(file) && !file.includes('/node_modules/'),
  );
  const [, name] = /^([\w$]+) is not defined$/.exec(message) ?? [];
  return place && name !== undefined ? placeOfName(name, place) : place;
}

/** An undefined name is blamed on where its statement begins: it stands there or further down. */
function placeOfName(name: string, place: Place): Place {
  const text = readFileSync(place.file, 'utf8');
  const from = offsetOf(text, place);
  const further = new RegExp(`(?<![\\w$.'"])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g');
  further.lastIndex = from;
  return placeAt(place.file, text, further.exec(text)?.index ?? from);
}

function reasonOf(error: Error): string {
  const syntax = PARSE_ERROR.exec(error.message)?.[1];
  if (syntax !== undefined) return `syntax error: ${syntax}`;
  // Of a schema that the playbook itself puts to use.
  if (error instanceof z.ZodError) return issuesInWords(error.issues);
  const json = /^(.*?), (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s.exec(error.message)?.[1];
  // Node quotes the file, which may be another's.
  if (json !== undefined) return `not JSON: ${json}`;
  const first = asWritten(error.message.split('\n').find((line) => line.trim() !== '') ?? '');
  if (first === '') return error.name === 'Error' ? 'an error without a message' : error.name;
  const inner = error instanceof AggregateError ? ` (${error.errors.map(inWords).join('; ')})` : '';
  return `${error.name === 'Error' ? '' : `${error.name}: `}${first}${inner}`;
}

function inWords(thrown: unknown): string {
  if (thrown instanceof Error) return reasonOf(thrown);
  return typeof thrown === 'object'
    ? inspect(thrown, { breakLength: Number.POSITIVE_INFINITY })
    : String(thrown);
}

/** What is imported is called otherwise in compiled code: `(0, _helper.motd)`. */
function asWritten(message: string): string {
  return message.replace(/\(0 ?, _\w+\.([\w$.]+)\)/g, '$1').replace(/^_\w+\.(?=.* is not )/, '');
}

/** What an error's message that names something unknown in a file may have meant: `: did you mean X?`, or nothing. */
function suggestName(file: string, message: string): string {
  const [, name] = /^([\w$]+) is not defined/.exec(message) ?? [];
  if (name !== undefined) return didYouMean(name, namesIn(readFileSync(file, 'utf8')));
  const [, path] = /^Cannot find module '(\.[^']*)'/.exec(message) ?? [];
  if (path === undefined) return '';
  const others = filesBeside(resolve(dirname(file), path)).filter((other) => other !== basename(path));
  return didYouMean(basename(path), others);
}

const DECLARED = /\b(?:const|let|var|function|class|enum)\s+([\w$]+)/g;
/** Imports, and what is taken out of an object. */
const LISTED = /\{([\w$\s,:]*)\}/g;

function namesIn(text: string): string[] {
  const declared = [...text.matchAll(DECLARED)].flatMap(([, name = '']) => name);
  const listed = [...text.matchAll(LISTED)].flatMap(([, list = '']) => list.match(/[\w$]+/g) ?? []);
  return [...declared, ...listed];
}

function filesBeside(path: string): string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}

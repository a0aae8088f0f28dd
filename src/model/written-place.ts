import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';
import type { Place } from './place.ts';

interface Compiled {
  readonly map: SourceMap;
  readonly lines: readonly string[];
}

const codes = new Map<string, string>();
const compiled = new Map<string, Compiled | undefined>();

/**
 * What a file was compiled to, its source map (https://tc39.es/ecma426) at the end, so that `writtenPlace` knows it. It
 * gets a line of its own before it, because a loader puts something before the first one, and its columns were wrong.
 */
export function traceable(file: string, code: string): string {
  codes.set(file, code);
  compiled.delete(file);
  return `\n${code}`;
}

/** Whether a file was compiled as it was loaded, as all that a playbook is made of is. */
export function isCompiled(file: string): boolean {
  return codes.has(file);
}

/** Where a place of running code was written: its own place, unless the file was compiled as it was loaded. */
export function writtenPlace(place: Place): Place {
  const { file, line, column = 1 } = place;
  if (!codes.has(file)) return place;
  const { map, lines = [] } = compiledFile(file) ?? {};
  const entry = map?.findEntry(line - 2, column - 1);
  if (!entry || !isMapping(entry)) return { file, line: line - 1 };
  const { originalLine, originalColumn } = entry;
  return { file, line: originalLine + 1, column: nameBefore(lines[originalLine] ?? '', originalColumn) + 1 };
}

function isMapping(entry: SourceMapping | object): entry is SourceMapping {
  return 'originalLine' in entry;
}

function compiledFile(file: string): Compiled | undefined {
  if (!compiled.has(file)) compiled.set(file, parse(codes.get(file) ?? ''));
  return compiled.get(file);
}

const INLINE_MAP = /^\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)/gm;

function parse(code: string): Compiled | undefined {
  const encoded = [...code.matchAll(INLINE_MAP)].at(-1)?.[1];
  if (encoded === undefined) return undefined;
  const payload: SourceMapPayload = JSON.parse(Buffer.from(encoded, 'base64').toString());
  return { map: new SourceMap(payload), lines: (payload.sourcesContent[0] ?? '').split('\n') };
}

/** The call of something imported is placed where its name ends: people look for where it begins. */
function nameBefore(line: string, column: number): number {
  return /\w/.test(line[column] ?? '') ? column : line.slice(0, column).search(/[\w$]*$/);
}

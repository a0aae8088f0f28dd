import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { didYouMean } from '../model/index.ts';

/** What an error's message that names something unknown in a file may have meant: `: did you mean X?`, or nothing. */
export function suggestName(file: string, message: string): string {
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

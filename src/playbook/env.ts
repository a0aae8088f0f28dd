import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import {
  callerPlace,
  didYouMean,
  findProject,
  InputError,
  type Place,
  refuseWritable,
  rememberEnvValues,
  Secret,
  SHORTEST_SECRET,
} from '../model/index.ts';

interface EnvFile {
  readonly path: string;
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
}

const files = new Map<string, EnvFile>();

/**
 * A secret from the environment or, if it is not there, from `.env` in the project's root: the nearest folder
 * above the calling file that has a package.json. It prints as `[secret]`, in templates it is written out, and
 * what it holds is masked wherever trueup prints or saves something. Missing or empty is an error, and so are less
 * than four characters: they would be found, and masked, in the middle of every other word.
 *
 *     file({ path: '/etc/keepalived/pass', mode: '0600', content: secret('VRRP_PASSWORD') })
 */
export function secret(name: string): Secret {
  const place = callerPlace(secret);
  const value = lookUp(name, place);
  if (value.trim() === '') throw new InputError(`the secret ${name} is empty`, { place });
  refuseShort(name, value, place, 'Take a longer one, or env() for what is no secret.');
  return new Secret(name, value);
}

/**
 * A setting from the environment or, if it is not there, from `.env` in the project's root. For what must not
 * be shown take `secret`. Missing is an error.
 */
export function env(name: string): string {
  return lookUp(name, callerPlace(env));
}

/**
 * What logins need, by name, from the environment or the project's `.env`; undefined if it is not there or empty. The file is read
 * at once: no value in it is shown in the old text of a file, whether it is asked for or not.
 */
export function secretsOf(root: string): (name: string) => Secret | undefined {
  const file = envFile(join(root, 'package.json'));
  return (name) => {
    const value = found(name, () => file);
    if (value === undefined || value === '') return undefined;
    const place = Object.hasOwn(process.env, name) ? undefined : placeOf(name, file);
    refuseShort(name, value, place, 'Set a longer one where it is used, and here.');
    return new Secret(name, value);
  };
}

function refuseShort(name: string, value: string, place: Place | undefined, advice: string): void {
  if (value.trim().length >= SHORTEST_SECRET) return;
  const message = `the secret ${name} is shorter than ${SHORTEST_SECRET} characters: it cannot be kept out of the output`;
  throw new InputError(message, { place, advice });
}

function lookUp(name: string, place: Place | undefined): string {
  const file = () => envFile(place?.file ?? join(process.cwd(), 'playbook.ts'));
  const value = found(name, file);
  if (value === undefined) throw missing(name, file(), place);
  return value;
}

function found(name: string, fileOf: () => EnvFile): string | undefined {
  const set = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  if (set !== undefined) return set;
  const file = fileOf();
  if (!Object.hasOwn(file.values, name)) return undefined;
  refuseMisread(name, file);
  return file.values[name];
}

function envFile(caller: string): EnvFile {
  const path = join(findProject(caller).root, '.env');
  const known = files.get(path);
  if (known) return known;
  const text = read(path);
  const file = { path, text, values: parse(text) };
  rememberEnvValues(Object.values(file.values));
  files.set(path, file);
  return file;
}

function read(path: string): string {
  refuseWritable(path);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new InputError(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
}

function missing(name: string, { path, values }: EnvFile, place: Place | undefined): InputError {
  const message = `${name} is neither in the environment nor in ${path}${didYouMean(name, Object.keys(values))}`;
  return new InputError(message, { place, advice: `Add a line ${name}='…' to ${path}.` });
}

/** To dotenv what follows a # is a comment, and quotes that do not enclose the value are part of it. */
function refuseMisread(name: string, file: EnvFile): void {
  const misread = misreadAt(lineOf(name, file).value, file.values[name]);
  if (misread === undefined) return;
  throw new InputError(`the value of ${name} ${misread.what}`, {
    place: placeOf(name, file, misread.at),
    advice: `Write ${name}='…'.`,
  });
}

/** The last line that sets it counts. */
function lineOf(name: string, { text }: EnvFile): { index: number; line: string; value: string } {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(?:export\s+)?([\w.-]+)\s*[=:](.*)$/.exec(line));
  const index = lines.findLastIndex((match) => match?.[1] === name);
  const [line = '', , value = ''] = lines[index] ?? [];
  return { index, line, value };
}

/** Where in the file its value begins, or so many characters behind that. */
function placeOf(name: string, file: EnvFile, at = 0): Place {
  const { index, line, value } = lineOf(name, file);
  return { file: file.path, line: index + 1, column: line.length - value.length + at + 1 };
}

function misreadAt(written: string, read = ''): { at: number; what: string } | undefined {
  const [quote = ''] = written.trim();
  if (!/['"`]/.test(quote)) {
    return /^([^#]*[^#\s])?#/.test(written)
      ? { at: written.indexOf('#'), what: 'holds a #, which begins a comment: quote the value' }
      : undefined;
  }
  if (!read.startsWith(quote)) return undefined;
  return { at: written.indexOf(quote), what: `begins with a ${quote} that does not enclose it` };
}

import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { basename, dirname } from 'node:path';
import { didYouMean, InputError, type Place, placeAt, refuseWritable, Secret } from '../model/index.ts';
import { templateError } from './files/template-error.ts';

/** What `<%= … %>` writes for a value: its text, or an error where there is no honest one. */
function lineText(value: unknown): string {
  const text = plainText(value);
  if (/[\n\r]/.test(text))
    throw new TypeError('the value holds a line break, which would begin a new line of the file');
  if (text.includes('\0')) throw new TypeError('the value holds a NUL byte');
  return text;
}

function plainText(value: unknown): string {
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) throw new TypeError('the value is a list: join it, or write a loop');
  throw new TypeError(`the value is ${value === null ? 'null' : kindOf(value)}, not a text or a number`);
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'undefined' ? 'undefined' : `of type ${typeof value}`;
}

/** What every template may call besides its own data. Each gives the text to write, or throws. */
const templateHelpers = {
  /** One word: not empty, no white space, no quotes, no backslash. */
  word(value: unknown): string {
    const text = lineText(value);
    if (/^[^\s"'`\\\p{Cc}]+$/u.test(text)) return text;
    throw new TypeError('word: the value is empty, or holds white space, a quote or a backslash');
  },

  /** In double quotes, with `"` and `\` escaped. */
  quoted(value: unknown): string {
    return `"${lineText(value).replace(/["\\]/g, '\\$&')}"`;
  },

  /** An IPv4 or IPv6 address. */
  ip(value: unknown): string {
    const text = lineText(value);
    if (isIP(text) !== 0) return text;
    throw new TypeError(`ip: ${JSON.stringify(text)} is not an IP address`);
  },

  /** A port number, 1 to 65535. */
  port(value: unknown): string {
    const text = lineText(value);
    if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535) return text;
    throw new TypeError(`port: ${JSON.stringify(text)} is not a port number`);
  },
};

export interface Rendered {
  readonly text: string;
  /** Where in the template (or in one that it includes) this line of the text began; counted from 1. */
  templateLineOf(line: number): Place | undefined;
}

type Ejs = typeof import('ejs');

/**
 * Renders a template file of EJS (https://ejs.co). The template is trusted code, so never one that came from a
 * host. An error in it names the template's line.
 */
export async function renderEjs(
  file: string,
  source: string,
  data: Readonly<Record<string, unknown>>,
): Promise<Rendered> {
  const { default: ejs } = (await import('ejs')) as unknown as { default: Ejs };
  const rendering = new Rendering(ejs, file);
  const { text, places } = takeMarks(rendering.render(source, data), rendering.files);
  refuseHiddenSecret(text, places, rendering.texts);
  return { text, templateLineOf: (line) => places[line - 1] };
}

/** One run of a template with all that it includes. */
class Rendering {
  readonly files: string[];
  readonly texts = new Map<string, string>();
  readonly #ejs: Ejs;
  readonly #marked = new Map<string, string>();

  constructor(ejs: Ejs, file: string) {
    this.#ejs = ejs;
    this.files = [file];
  }

  render(source: string, data: Readonly<Record<string, unknown>>): string {
    const [file = ''] = this.files;
    const known = { ...templateHelpers, ...data };
    try {
      return String(this.#template(file, this.#mark(file, source)).compile()(known));
    } catch (error) {
      throw templateError(error instanceof Error ? error : new Error(String(error)), this, known);
    }
  }

  /** One whose syntax is wrong leaves the source that it could not compile. */
  generated(file: string): string {
    const template = this.#template(file, this.#marked.get(file) ?? '');
    try {
      template.compile();
    } catch {}
    return template.source;
  }

  #template(file: string, marked: string): InstanceType<Ejs['Template']> {
    return new this.#ejs.Template(marked, {
      filename: file,
      escape: lineText,
      includer: (name, path) => ({ template: this.#include(name, path) }),
    });
  }

  #include(name: string, path: string | undefined): string {
    if (path === undefined) {
      const beside = readdirSync(dirname(this.files[0] ?? ''));
      throw new Error(`there is no template ${name} to include${didYouMean(basename(name), beside)}`);
    }
    const known = this.#marked.get(path);
    if (known !== undefined) return known;
    refuseWritable(path);
    this.files.push(path);
    return this.#mark(path, readFileSync(path, 'utf8'));
  }

  #mark(file: string, source: string): string {
    const text = source.replace(/^\uFEFF/, '');
    const marked = markLines(text, file, this.files.indexOf(file));
    this.texts.set(file, text);
    this.#marked.set(file, marked);
    return marked;
  }
}

/** `<%-` writes a Secret as it prints, and that would land on the host. */
function refuseHiddenSecret(
  text: string,
  places: readonly Place[],
  texts: ReadonlyMap<string, string>,
): void {
  const place = places[text.split('\n').findIndex((line) => line.includes('[secret]'))];
  if (!place) return;
  const [tag, another] = (texts.get(place.file)?.split('\n')[place.line - 1] ?? '').matchAll(/<%[-=]/g);
  const column = tag && !another ? { column: tag.index + 1 } : {};
  const message = 'a secret was put into a text here: write it with <%= … %>, by itself';
  throw new InputError(message, { place: { ...place, ...column } });
}

const TOKEN = /<%%|%%>|<%[=\-_#]?|[-_]?%>|\n/g;
const MARK = /\0(\d+):(\d+)\0/g;

/** Puts a mark at the beginning of each line that is not inside of a tag, so that it shows up in what is rendered. */
function markLines(template: string, file: string, fileNumber: number): string {
  const nul = template.indexOf('\0');
  if (nul >= 0) {
    const place = placeAt(file, template, nul);
    throw new InputError('a template cannot hold a NUL byte', { place });
  }
  let line = 1;
  let tagAt: number | undefined;
  const marked = template.replace(TOKEN, (token, offset: number) => {
    if (token.startsWith('<%') && tagAt !== undefined) throw unclosed(template, file, tagAt);
    if (token === '\n') line += 1;
    else if (token !== '%%>') tagAt = token.startsWith('<%') && token !== '<%%' ? offset : undefined;
    return token === '\n' && tagAt === undefined ? `\n\0${fileNumber}:${line}\0` : token;
  });
  if (tagAt !== undefined) throw unclosed(template, file, tagAt);
  return `\0${fileNumber}:1\0${marked}`;
}

function unclosed(template: string, file: string, tagAt: number): InputError {
  const place = placeAt(file, template, tagAt);
  return new InputError('the tag that begins here is not closed: %> is missing', { place });
}

/** What was rendered, without its marks, and by line where each came from. */
function takeMarks(marked: string, files: readonly string[]): { text: string; places: Place[] } {
  let place: Place = { file: files[0] ?? '', line: 1 };
  const places = marked.split('\n').map((line) => {
    const [leading = ''] = /^(?:\0\d+:\d+\0)*/.exec(line) ?? [];
    const first = leading === '' ? place : (markedPlaces(leading, files).at(-1) ?? place);
    place = markedPlaces(line, files).at(-1) ?? place;
    return first;
  });
  return { text: marked.replace(MARK, ''), places };
}

function markedPlaces(line: string, files: readonly string[]): Place[] {
  return [...line.matchAll(MARK)].map(([, file, number]) => ({
    file: files[Number(file)] ?? '',
    line: Number(number),
  }));
}

import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Script } from 'node:vm';
import { didYouMean, formatPlace, InputError, type Place, refuseWritable } from '../model/index.ts';
import { markLines, takeMarks } from './files/mark-lines.ts';
import { lineText, templateHelpers } from './files/template-helpers.ts';
import { undefinedName } from './files/undefined-name.ts';

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
  refuseHiddenSecret(text, places);
  return { text, templateLineOf: (line) => places[line - 1] };
}

/** One run of a template with all that it includes. */
class Rendering {
  readonly files: string[];
  readonly #ejs: Ejs;
  readonly #marked = new Map<string, string>();

  constructor(ejs: Ejs, file: string) {
    this.#ejs = ejs;
    this.files = [file];
  }

  render(source: string, data: Readonly<Record<string, unknown>>): string {
    const [file = ''] = this.files;
    try {
      const render = this.#template(file, this.#mark(file, source)).compile();
      return String(render({ ...templateHelpers, ...data }));
    } catch (error) {
      throw this.#blame(error instanceof Error ? error : new Error(String(error)), data);
    }
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
    const marked = markLines(source.replace(/^\uFEFF/, ''), file, this.files.indexOf(file));
    this.#marked.set(file, marked);
    return marked;
  }

  #blame(error: Error, data: Readonly<Record<string, unknown>>): InputError {
    const [, syntax, uncompiled] = /^(.*) in (.+) while compiling ejs$/m.exec(error.message) ?? [];
    if (uncompiled !== undefined) return this.#syntaxError(uncompiled, `syntax error: ${inWords(syntax)}`);
    const { place, reason } = this.#placed(error.message);
    if (error instanceof InputError && error.place) {
      return new InputError(reason.replace(`${formatPlace(error.place)}: `, ''), { place: error.place });
    }
    const line = this.#marked.get(place.file)?.split('\n')[place.line - 1] ?? '';
    const name = undefinedName(line, reason, { ...templateHelpers, ...data });
    const advice = error instanceof InputError ? error.advice : undefined;
    return new InputError(name ?? (ENDLESS.test(reason) ? 'includes or calls itself without end' : reason), {
      place,
      advice,
      cause: error,
    });
  }

  /**
   * ejs puts `FILE:LINE`, some lines of context and an empty line before the reason, once for each include. The innermost
   * is the place; without an end there is none, and the outermost leads into the circle.
   */
  #placed(message: string): { place: Place; reason: string } {
    const heads = [...message.matchAll(/^(.+):(\d+)$/gm)].filter(([, file = '']) => this.#marked.has(file));
    const inner = heads.at(-1);
    const rest = message.slice(inner?.index ?? 0);
    const reason = inner ? rest.slice(rest.indexOf('\n\n') + 2) : rest;
    const head = ENDLESS.test(reason) ? heads[0] : inner;
    const place = { file: head?.[1] ?? this.files[0] ?? '', line: Number(head?.[2] ?? 1) };
    return { place, reason };
  }

  #syntaxError(file: string, message: string): InputError {
    const template = this.#template(file, this.#marked.get(file) ?? '');
    try {
      template.compile();
    } catch {
      // It fails again, and leaves the source in which the line can be found.
    }
    return new InputError(message, { place: { file, line: syntaxLine(template.source) } });
  }
}

const ENDLESS = /^Maximum call stack/;

/** Around the code of a template stands a try with its catch. */
function inWords(syntax: string | undefined): string {
  return syntax === "Unexpected token 'catch'" ? 'a { that was opened in a tag is not closed' : `${syntax}`;
}

function syntaxLine(source: string): number {
  try {
    new Script(`(function () {\n${source}\n})`, { filename: 'template' });
    return 1;
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const at = Number(/^template:(\d+)/.exec(stack)?.[1] ?? 0);
    const before = source
      .split('\n')
      .slice(0, Math.max(at - 2, 0))
      .join('\n');
    return Number([...before.matchAll(/^ {4}; __line = (\d+)$/gm)].at(-1)?.[1] ?? 1);
  }
}

/** `<%-` writes a Secret as it prints, and that would land on the host. */
function refuseHiddenSecret(text: string, places: readonly Place[]): void {
  const index = text.split('\n').findIndex((line) => line.includes('[secret]'));
  if (index < 0) return;
  const message = 'a secret was put into a text here: write it with <%= … %>, by itself';
  throw new InputError(message, { place: places[index] });
}

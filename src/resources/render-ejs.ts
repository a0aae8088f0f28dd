import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { didYouMean, InputError, type Place, refuseWritable } from '../model/index.ts';
import { markLines, takeMarks } from './files/mark-lines.ts';
import { templateError } from './files/template-error.ts';
import { lineText, templateHelpers } from './files/template-helpers.ts';

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

import { Script } from 'node:vm';
import { didYouMean, formatPlace, InputError, type Place, placeAt, startOf } from '../../model/index.ts';
import { templateOffset } from './template-offset.ts';

/** The templates that take part in a rendering, by file; the first is the outermost. */
export interface Templates {
  readonly texts: ReadonlyMap<string, string>;
  /** The body of the function that EJS makes of one. */
  generated(file: string): string;
}

/** An error of EJS, or of a template's code, as one that names the place in the template. */
export function templateError(error: Error, templates: Templates, data: object): InputError {
  const [, syntax, uncompiled] = /^(.*) in (.+) while compiling ejs$/m.exec(error.message) ?? [];
  if (uncompiled !== undefined) return syntaxError(uncompiled, `${syntax}`, templates);
  const { place, reason } = placed(error, templates);
  if (error instanceof InputError && error.place) {
    return new InputError(reason.replace(`${formatPlace(error.place)}: `, ''), { place: error.place });
  }
  const line = templates.texts.get(place.file)?.split('\n')[place.line - 1] ?? '';
  const said = ENDLESS.test(reason) ? 'includes or calls itself without end' : reason;
  const advice = error instanceof InputError ? error.advice : undefined;
  return new InputError(undefinedName(line, reason, data) ?? said, { place, advice, cause: error });
}

/** In the body of the function that EJS makes. */
type Position = Omit<Place, 'file'>;

const ENDLESS = /^Maximum call stack/;

/**
 * EJS puts `FILE:LINE`, some lines of context and an empty line before the reason, once for each include. The innermost
 * is the place; without an end there is none, and the outermost leads into the circle.
 */
function placed(error: Error, templates: Templates): { place: Place; reason: string } {
  const heads = [...error.message.matchAll(/^(.+):(\d+)$/gm)].filter(([, file = '']) =>
    templates.texts.has(file),
  );
  const inner = heads.at(-1);
  const rest = error.message.slice(inner?.index ?? 0);
  const reason = inner ? rest.slice(rest.indexOf('\n\n') + 2) : rest;
  if (ENDLESS.test(reason)) return { place: tagOf(heads[0], templates), reason };
  return { place: thrownAt(error, templates, inner?.[1]) ?? tagOf(inner, templates), reason };
}

/** The include of a line, or its first tag. */
function tagOf(head: RegExpMatchArray | undefined, { texts }: Templates): Place {
  const [, file = [...texts.keys()][0] ?? '', number = 1] = head ?? [];
  const line = texts.get(file)?.split('\n')[Number(number) - 1] ?? '';
  const [column = 0] = [line.indexOf('include('), line.indexOf('<%')].filter((at) => at >= 0);
  return { file, line: Number(number), column: column + 1 };
}

/** Its name has no white space, to V8; any other template is anonymous. */
const FRAME = /^ {4}at .*(?:\(("(?:[^"\\]|\\.)*")|, <anonymous>):(\d+):(\d+)\)$/gm;

/** What EJS and the Function that it makes put before the body, in lines. */
const LINES_BEFORE = 6;

function thrownAt({ stack = '' }: Error, templates: Templates, innermost = ''): Place | undefined {
  for (const [, quoted = JSON.stringify(innermost), line, column] of stack.matchAll(FRAME)) {
    const file = String(JSON.parse(quoted));
    const running = { line: Number(line) - LINES_BEFORE, column: Number(column) };
    if (templates.texts.has(file)) return placeIn(file, running, templates);
  }
  return undefined;
}

function placeIn(file: string, running: Position, templates: Templates): Place {
  const text = templates.texts.get(file) ?? '';
  return placeAt(file, text, templateOffset(text, templates.generated(file), running));
}

/** Around the code of a template stands a try with its catch: what is open at its end meets that. */
function syntaxError(file: string, syntax: string, templates: Templates): InputError {
  if (syntax === "Unexpected token 'catch'") {
    const text = templates.texts.get(file) ?? '';
    const message = 'syntax error: a { that was opened in a tag is not closed';
    return new InputError(message, { place: placeAt(file, text, text.length) });
  }
  const running = syntaxErrorAt(templates.generated(file));
  const place = running ? placeIn(file, running, templates) : startOf(file);
  return new InputError(`syntax error: ${syntax}`, { place });
}

/** V8 tells the place of a syntax error by the line, and below its text carets. */
function syntaxErrorAt(generated: string): Position | undefined {
  try {
    new Script(`(function () {\n${generated}\n})`, { filename: 'template' });
    return undefined;
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const [, line, , carets = ''] = /^template:(\d+)\n(.*)\n( *)\^/.exec(stack) ?? [];
    return { line: Number(line ?? 2) - 1, column: carets.length + 1 };
  }
}

const OUTPUT = /<%[=-]\s*([A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*)\s*[-_]?%>/g;

/** Says which name of a template's line is undefined, if the reason of an error is such a name. */
function undefinedName(line: string, reason: string, data: object): string | undefined {
  const variable = /^(\w+) is not defined$/.exec(reason)?.[1];
  if (variable !== undefined)
    return `\`${variable}\` is not defined${didYouMean(variable, Object.keys(data))}`;
  if (!reason.startsWith('the value is undefined')) return undefined;
  const paths = [...line.matchAll(OUTPUT)].flatMap(([, path]) => (path === undefined ? [] : [path]));
  for (const path of paths) {
    const hint = missingStep(path, data);
    if (hint !== undefined) return `\`${path}\` is undefined${hint}`;
  }
  return paths.length === 1 ? `\`${paths[0]}\` is undefined` : undefined;
}

/** The first step of a path that its object does not have; undefined if the path begins at a local variable. */
function missingStep(path: string, data: object): string | undefined {
  let value: unknown = data;
  for (const [index, name] of path.split(/\??\./).entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Object.hasOwn(value, name)) return index === 0 ? undefined : didYouMean(name, Object.keys(value));
    value = Reflect.get(value, name);
  }
  return value === undefined ? '' : undefined;
}

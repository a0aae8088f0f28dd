import { open } from 'node:fs/promises';
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { InputError, MOST_BYTES, mask, type Place, refuseWritable } from '../model/index.ts';
import { checkYaml } from './yaml-checks.ts';

/** A key of a mapping with what it holds. */
export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Node | undefined;
}

/** A YAML file that knows where everything in it was written. */
export class YamlFile {
  readonly file: string;
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.#document = parseDocument(text, {
      prettyErrors: false,
      lineCounter: this.#lines,
      merge: true,
      uniqueKeys: false,
    });
    const [problem] = [...this.#document.errors, ...this.#document.warnings];
    if (problem) throw this.#syntaxError(problem, text);
    checkYaml(this.#document, (node, message, advice) => {
      return new InputError(message, { place: this.placeOf(node as Node), advice });
    });
  }

  static async read(file: string): Promise<YamlFile> {
    refuseWritable(file);
    return new YamlFile(file, await readBounded(file));
  }

  get root(): Node | undefined {
    return this.#document.contents ?? undefined;
  }

  placeOf(node: Node | undefined): Place {
    return this.#placeAt(node?.range?.[0] ?? 0);
  }

  valueOf(node: Node | undefined): unknown {
    try {
      return node?.toJS(this.#document, { maxAliasCount: -1 }) ?? null;
    } catch (error) {
      // Aliases of aliases may be nested deeper than they look; what `<<` merges may be no mapping.
      const reason = error instanceof RangeError ? 'nested too deep to be read' : (error as Error).message;
      throw new InputError(`not YAML that can be read: ${reason}`, {
        place: this.placeOf(node),
        cause: error,
      });
    }
  }

  /** The entries of a mapping, none of an empty value; anything else is an error that says what was expected. */
  entries(node: Node | undefined, expected: string): Entry[] {
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      throw new InputError(`expected ${expected}, found ${describe(this.valueOf(node))}`, {
        place: this.placeOf(node),
      });
    }
    return node.items.map(({ key, value }) => ({
      key: isScalar(key) ? keyText(key.value) : String(key),
      place: this.placeOf(key as Node),
      value: (value as Node | null) ?? undefined,
    }));
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line, column: col };
  }

  #syntaxError(
    { code, message, pos }: YAMLError | (Error & { code: string; pos: [number, number] }),
    text: string,
  ) {
    const place = this.#placeAt(/^Missing closing .quote/.test(message) ? this.#lastQuote(pos[0]) : pos[0]);
    if (code === 'RESOURCE_EXHAUSTION') return new InputError('nested too deep to be read', { place });
    if (/!vault/.test(message))
      return new InputError('ansible-vault is not read here', { place, advice: VAULT });
    if (!/^\s*\[[\w.:-]+\]\s*$/m.test(text)) {
      return new InputError(`not YAML: ${message.replace(/; please use YAML.*/, '')}`, {
        place,
        advice: ADVICE[code],
      });
    }
    return new InputError('expected YAML, found what looks like INI', {
      place,
      advice: 'Write it as all: → children: → GROUP: → hosts: → HOST: {}.',
    });
  }

  /** Where the last quoted text begins: one that is not closed goes on to the end of the file. */
  #lastQuote(otherwise: number): number {
    let begin = otherwise;
    visit(this.#document, {
      Scalar: (_key, { type, range }) => {
        if (type?.startsWith('QUOTE')) begin = range?.[0] ?? begin;
      },
    });
    return begin;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  BAD_INDENT: 'Is a bracket not closed, or a line indented otherwise than those beside it?',
  BLOCK_AS_IMPLICIT_KEY: 'A text that holds `: ` needs quotes; or the next line is indented too far.',
  MULTILINE_IMPLICIT_KEY: 'Is the colon after a name missing?',
  TAB_AS_INDENT: 'Indent with spaces.',
};

const VAULT = 'Put the secret into .env, and take it in the playbook with secret(NAME).';

/** What a value is, for people. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const kind = { string: 'text', number: 'number', boolean: 'boolean' }[String(typeof value)] ?? typeof value;
  return `the ${kind} ${typeof value === 'string' ? JSON.stringify(shortened(value)) : String(value)}`;
}

/** A file that is none of ours may be one text from end to end. */
function shortened(text: string): string {
  const masked = mask(text);
  return masked.length <= LONGEST ? masked : `${masked.slice(0, LONGEST - 1)}…`;
}

const LONGEST = 60;

/** Control characters, and those that turn the direction of writing: a name that shows as another one. */
export const HIDDEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** The library has a symbol for the key `<<`. */
export function keyText(value: unknown): string {
  return typeof value === 'symbol' ? '<<' : String(value);
}

/** The text of an inventory or vars file, which may be a pipe; refuses one that is too large to be meant. */
async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: Error) => {
    throw new InputError(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536));
      if (bytesRead === 0) return Buffer.concat(chunks).toString();
      size += bytesRead;
      if (size > MOST_BYTES) throw new InputError(`${path} is larger than 4 MiB: it is not read`);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as trueup from '../../src/index.ts';
import { block, readManual, sentence } from './manual.ts';
import { ROOT } from './samples.ts';
import { defaultOf, type FieldSchema, fieldsOf, limitsOf } from './schemas.ts';

export const REFERENCE = 'docs/reference/resources.md';

const MAKERS = new Map<string, unknown>(Object.entries(trueup));

const HEAD = `# Resources and checks

This page lists every resource and check with all fields. \`npm run reference\` generates it from the schemas and docstrings.

Every step also takes \`tags\`, a list of words that \`--tags\` and \`--skip-tags\` select. Every check also takes \`caution\`, a text to show
although the check holds.
`;

/** The reference as the source has it: docstrings, types and schemas of everything that makes a step or a check. */
export function reference(): string {
  const { checker, exports } = exported();
  const sections = { Step: [] as string[], Check: [] as string[] };
  for (const symbol of exports) {
    const kind = kindOf(symbol, checker);
    if (kind) sections[kind].push(section(symbol, checker));
  }
  return [HEAD, '## Resources\n', ...sections.Step, '## Checks\n', ...sections.Check].join('\n');
}

function exported(): { checker: ts.TypeChecker; exports: ts.Symbol[] } {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.json'), {}, host);
  const entry = join(ROOT, 'src/index.ts');
  const program = ts.createProgram([entry], config?.options ?? {});
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${entry} cannot be read`);
  const exports = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return { checker, exports };
}

function signatureOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Signature | undefined {
  const { valueDeclaration } = symbol;
  if (!valueDeclaration) return undefined;
  const type = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration);
  return checker.getSignaturesOfType(type, ts.SignatureKind.Call)[0];
}

/** What a function makes. Helpers such as `on` and `secret` make something else. */
function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): 'Step' | 'Check' | undefined {
  const signature = signatureOf(symbol, checker);
  if (signature?.parameters.length !== 1) return undefined;
  const made = checker.typeToString(signature.getReturnType());
  return made === 'Step' || made === 'Check' ? made : undefined;
}

function section(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const { name, valueDeclaration: at } = symbol;
  const [parameter] = signatureOf(symbol, checker)?.parameters ?? [];
  if (!parameter || !at) throw new Error(`${name} takes no spec`);
  const schemas = fieldsOf(MAKERS.get(name) as (spec: unknown) => unknown);
  const fields = checker
    .getTypeOfSymbolAtLocation(parameter, at)
    .getProperties()
    .filter((field) => field.name in schemas);
  const manual = readManual(text(symbol.getDocumentationComment(checker)), (field) => field in schemas);
  const rows = fields.map((field) =>
    row(field, checker, at, schemas[field.name] ?? {}, manual.fields.get(field.name)),
  );
  const table = ['| field | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
  const parts = [
    `### ${name}`,
    manual.text,
    ...examples(symbol, checker),
    rows.length > 0 ? table : 'No fields.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function examples(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter((tag) => tag.name === 'example')
    .map((tag) => block(text(tag.text ?? [])));
}

function text(parts: ts.SymbolDisplayPart[]): string {
  return ts.displayPartsToString(parts).trim();
}

function row(
  field: ts.Symbol,
  checker: ts.TypeChecker,
  at: ts.Node,
  schema: FieldSchema,
  fromManual = '',
): string {
  const isOptional = (field.flags & ts.SymbolFlags.Optional) !== 0;
  const limits = limitsOf(schema);
  const own = text(field.getDocumentationComment(checker)).replace(/\s+/g, ' ');
  const meaning = own.length >= fromManual.length ? own : fromManual;
  const value = defaultOf(schema);
  const cells = [
    `\`${field.name}\``,
    `\`${typeOf(field, checker, at, schema)}\`${limits === '' ? '' : `, ${limits}`}`,
    isOptional ? code(value) : 'required',
    sentence(withoutDefault(meaning, value)),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** An enumeration in the order of its schema; TypeScript has none. */
function typeOf(field: ts.Symbol, checker: ts.TypeChecker, at: ts.Node, schema: FieldSchema): string {
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  const type = checker.getTypeOfSymbolAtLocation(field, at);
  const shown = checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  return shown.replace(/ \| undefined$/, '').replaceAll('"', "'");
}

function code(value: string): string {
  return value === '' ? '' : `\`${value}\``;
}

/** The column beside it has the default. */
function withoutDefault(meaning: string, value: string): string {
  if (value === '') return meaning;
  const plain = value.replaceAll("'", '');
  const said = ['`', "`'", ''].map((open) => `Default ${open}${plain}${[...open].toReversed().join('')}.`);
  return said
    .reduce((left, words) => left.replace(words, ''), meaning)
    .replace(/ {2,}/g, ' ')
    .trim();
}

if (process.argv[1]?.endsWith('reference.ts')) writeFileSync(join(ROOT, REFERENCE), reference());

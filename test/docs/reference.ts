import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './samples.ts';

export const REFERENCE = 'docs/reference/resources.md';

const HEAD = `# Resources and checks

Every resource and check that a playbook can use, with all fields. Generated from the source by \`npm run reference\`.

Every step also takes \`tags\`, a list of words to select it by (\`--tags\`, \`--skip-tags\`). Every check also takes \`caution\`: what to know although it
holds.
`;

/** The reference as the source has it: docstrings and types of everything that makes a step or a check. */
export function reference(): string {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    },
  );
  const entry = join(ROOT, 'src/index.ts');
  const program = ts.createProgram([entry], config?.options ?? {});
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${entry} cannot be read`);
  const sections = { Step: [] as string[], Check: [] as string[] };
  for (const exported of checker.getExportsOfModule(module).toSorted(byName)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const kind = kindOf(symbol, checker);
    if (kind) sections[kind].push(section(symbol, checker));
  }
  return `${[HEAD, '## Resources\n', ...sections.Step, '## Checks\n', ...sections.Check].join('\n')}`;
}

function byName(one: ts.Symbol, other: ts.Symbol): number {
  return one.name < other.name ? -1 : 1;
}

function signatureOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Signature | undefined {
  const { valueDeclaration } = symbol;
  if (!valueDeclaration) return undefined;
  const type = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration);
  return checker.getSignaturesOfType(type, ts.SignatureKind.Call)[0];
}

/** Of what a function makes; helpers such as \`on\` and \`secret\` make something else. */
function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): 'Step' | 'Check' | undefined {
  const signature = signatureOf(symbol, checker);
  if (signature?.parameters.length !== 1) return undefined;
  const made = checker.typeToString(signature.getReturnType());
  return made === 'Step' || made === 'Check' ? made : undefined;
}

function section(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const manual = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const [parameter] = signatureOf(symbol, checker)?.parameters ?? [];
  const declaration = symbol.valueDeclaration;
  const fields =
    parameter && declaration ? checker.getTypeOfSymbolAtLocation(parameter, declaration).getProperties() : [];
  const bullets = bulletsIn(manual);
  const rows = fields
    .filter(({ name }) => name !== 'tags' && name !== 'caution')
    .map((field) => row(field, checker, declaration as ts.Node, bullets.get(field.name)));
  const table = ['| field | type | |', '|---|---|---|', ...rows].join('\n');
  return `### ${symbol.name}\n\n${manual}\n\n${table}\n`;
}

/** What a manual says of fields in a list: `- `a`, `b`: …`. */
function bulletsIn(manual: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, names = '', text = ''] of manual.matchAll(/^- ((?:`\w+`(?:, )?)+): ((?:.|\n {2})*)/gm))
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) found.set(name, text);
  return found;
}

function row(field: ts.Symbol, checker: ts.TypeChecker, at: ts.Node, bullet = ''): string {
  const isOptional = (field.flags & ts.SymbolFlags.Optional) !== 0;
  const type = checker.typeToString(
    checker.getTypeOfSymbolAtLocation(field, at),
    undefined,
    ts.TypeFormatFlags.NoTruncation,
  );
  const shown = type.replace(/ \| undefined$/, '').replaceAll('|', '\\|');
  const own = ts.displayPartsToString(field.getDocumentationComment(checker));
  const doc = (own === '' ? bullet : own).replace(/\s+/g, ' ').trim();
  return `| \`${field.name}\`${isOptional ? '' : ' (required)'} | \`${shown}\` | ${doc.replaceAll('|', '\\|')} |`;
}

if (process.argv[1]?.endsWith('reference.ts')) writeFileSync(join(ROOT, REFERENCE), reference());

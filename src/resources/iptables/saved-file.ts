import type { Rule } from './parse-rule.ts';
import { builtInChains, type RuleList, rulesOf, type Table } from './parse-save.ts';
import type { Placement } from './place-rules.ts';

/** Where a table's rules stand in the lines of a saved file. */
interface SavedTable {
  /** The line of COMMIT. */
  readonly end: number;
  readonly rules: ReadonlyMap<string, readonly number[]>;
}

export type SavedFile =
  | { readonly lines: readonly string[]; readonly table: SavedTable | undefined }
  | { readonly problem: string };

const RULE = /^\s*(?:\[\d+:\d+\]\s*)?-A\s+(\S+)/;
const NOT_A_RULE = /^\s*(#|:|$)/;

/** Reads a saved file without losing anything of it; `list` is the same table as iptables itself read it. */
export function readSavedFile(text: string, table: Table, list: RuleList): SavedFile {
  const lines = text.split('\n');
  const starts = [...lines.keys()].filter((at) => lines[at]?.trim() === `*${table}`);
  if (starts.length > 1) return { problem: `it has two sections *${table}, and the last one would win` };
  const start = starts[0];
  if (start === undefined) return { lines, table: undefined };
  const end = lines.findIndex((line, at) => at > start && line.trim() === 'COMMIT');
  if (end === -1) return { problem: `*${table} has no COMMIT` };
  return readTable(lines, start, end, list);
}

function readTable(lines: readonly string[], start: number, end: number, list: RuleList): SavedFile {
  const rules = new Map<string, number[]>();
  for (let at = start + 1; at < end; at += 1) {
    const line = lines[at] ?? '';
    const chain = RULE.exec(line)?.[1];
    if (chain !== undefined) rules.set(chain, [...(rules.get(chain) ?? []), at]);
    else if (!NOT_A_RULE.test(line)) return { problem: `line ${at + 1} is no -A rule: ${line.trim()}` };
  }
  const uneven = [...rules].find(([chain, at]) => rulesOf(list, chain).length !== at.length)?.[0];
  if (uneven === undefined) return { lines, table: { end, rules } };
  return { problem: `a line of chain ${uneven} stands for several rules, so its lines cannot be told apart` };
}

/** The text with the changes of each chain made in place; all other lines stay as they are. */
export function editSavedFile(
  file: { readonly lines: readonly string[]; readonly table: SavedTable | undefined },
  table: Table,
  placements: readonly Placement[],
): string {
  if (!file.table) return appendTable(file.lines, table, placements);
  const edits: Edits = { insert: new Map(), drop: new Set() };
  for (const placement of placements) collect(edits, file.lines, file.table, placement);
  return file.lines
    .flatMap((line, at) => [...(edits.insert.get(at) ?? []), ...(edits.drop.has(at) ? [] : [line])])
    .join('\n');
}

interface Edits {
  /** New lines that go before a line. */
  readonly insert: Map<number, string[]>;
  readonly drop: Set<number>;
}

function collect(edits: Edits, lines: readonly string[], table: SavedTable, placement: Placement): void {
  const at = table.rules.get(placement.chain) ?? [];
  const kept = new Set(placement.after.map((placed) => placed.at));
  for (const [index, line] of at.entries()) if (!kept.has(index)) edits.drop.add(line);
  let waiting: string[] = [];
  for (const placed of placement.after) {
    const line = placed.at === undefined ? undefined : at[placed.at];
    if (line === undefined) waiting.push(latin1(placed.rule.text));
    else waiting = put(edits, aboveComments(lines, line), waiting);
  }
  const last = at.at(-1);
  put(edits, last === undefined ? table.end : last + 1, waiting);
}

function put(edits: Edits, line: number, texts: readonly string[]): string[] {
  if (texts.length > 0) edits.insert.set(line, [...(edits.insert.get(line) ?? []), ...texts]);
  return [];
}

/** A comment belongs to the rule below it. */
function aboveComments(lines: readonly string[], line: number): number {
  let at = line;
  while (lines[at - 1]?.trimStart().startsWith('#')) at -= 1;
  return at;
}

function appendTable(lines: readonly string[], table: Table, placements: readonly Placement[]): string {
  const text = lines.join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${newTable(table, placements)}`;
}

function newTable(table: Table, placements: readonly Placement[]): string {
  const headers = builtInChains[table].map((chain) => `:${chain} ACCEPT [0:0]`);
  const rules = placements.flatMap(({ after }) => after.map(({ rule }: { rule: Rule }) => latin1(rule.text)));
  return [`*${table}`, ...headers, ...rules, 'COMMIT', ''].join('\n');
}

/** The file is edited as bytes, so that what is not UTF-8 in it stays what it is. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

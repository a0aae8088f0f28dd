import { createHash } from 'node:crypto';
import { type Action, type FileState, OWN_FOLDER, shell } from '../../model/index.ts';
import type { Refused } from './look-at-rules.ts';
import { builtInChains, type Rule, type RuleList, rulesOf, type Table } from './parse-save.ts';
import { newRules, type Placement, removedAt } from './place-rules.ts';

/** Sets $wait. Before 1.6.2 (EL 7.4 has it patched in) iptables-restore knew of no lock. */
export const WAIT = `wait=
"$tool-restore" --wait=60 --test </dev/null >/dev/null 2>&1 && wait=--wait=60
`;

/** Where a table's rules stand in the lines of a saved file. */
interface SavedTable {
  /** The line of COMMIT. */
  readonly end: number;
  readonly rules: ReadonlyMap<string, readonly number[]>;
}

type SavedFile =
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

/** Makes the changes in the saved list of a tool; `list` is the same table as iptables itself read it. */
export function editSaved(
  tool: 'iptables' | 'ip6tables',
  table: Table,
  file: FileState,
  list: RuleList,
  placements: readonly Placement[],
): Refused | { readonly action: Action } {
  const content = file.exists ? file.content : undefined;
  const saved = readSavedFile(content?.toString('latin1') ?? '', table, list);
  if ('problem' in saved) return saved;
  const edited = Buffer.from(editSavedFile(saved, table, placements), 'latin1');
  return { action: writeAction(tool, `/etc/sysconfig/${tool}`, file, edited) };
}

const TEST = `tool=$1\n${WAIT}"$tool-restore" $wait --test <"$2"`;

/** Writes the saved list, keeping its mode and owner, once iptables-restore has taken it for a test. */
function writeAction(tool: string, path: string, file: FileState, content: Buffer): Action {
  const mode = file.exists ? file.mode : '0600';
  const owner = file.exists ? file.owner : 'root';
  const group = file.exists ? file.group : 'root';
  return { write: { path, content, mode, owner, group, validate: shell(TEST, tool, '%s') } };
}

/** Where the former rules are kept, from right before the change on. */
const FORMER = 'former=/run/trueup/$tool.$table\n';

const RESTORE = `tool=$1 table=$2 seen=$3
shift 3
${WAIT}${FORMER}in_chains() {
  while IFS= read -r line; do
    for chain; do case $line in "-A $chain "*) printf '%s\\n' "$line" ;; esac; done
  done
}
umask 077
${OWN_FOLDER}
own_folder /run/trueup && rm -f "$former" || exit 1
now=$("$tool-save" -t "$table" | in_chains "$@")
if [ "$(printf '%s\\n' "$now" | sha256sum)" != "$seen  -" ]; then
  echo "the running list was changed by someone else after it was looked at: run again" >&2
  exit 75
fi
{
  printf '*%s\\n' "$table"
  printf -- '-F %s\\n' "$@"
  printf '%s\\n' "$now" COMMIT
} >"$former" || exit 1
"$tool-restore" $wait --noflush && exit
code=$?
rm -f "$former"
exit "$code"`;

const PUT_BACK = `tool=$1 table=$2
${WAIT}${FORMER}if [ -f "$former" ]; then "$tool-restore" $wait --noflush <"$former"; fi`;

/** Changes the running list in one go, all or nothing; it can be undone where it could lock us out. */
export function restoreAction(
  tool: string,
  table: Table,
  list: RuleList,
  placements: readonly Placement[],
): Action {
  const chains = placements.map(({ chain }) => chain);
  const exec = shell(RESTORE, tool, table, fingerprint(list, chains), ...chains);
  const stdin = [`*${table}`, ...placements.flatMap(editLines), 'COMMIT', ''].join('\n');
  return placements.every(onlyOpens) ? { exec, stdin } : { exec, stdin, undo: shell(PUT_BACK, tool, table) };
}

/** What the script finds as long as nobody else touches these chains. */
function fingerprint(list: RuleList, chains: readonly string[]): string {
  const lines = list.rules.filter(({ chain }) => chains.includes(chain)).map(({ text }) => text);
  return createHash('sha256')
    .update(`${lines.join('\n')}\n`)
    .digest('hex');
}

/**
 * First what goes, from the end, then what comes, from the start: so every number stands for a rule that was
 * there before, which older nft variants need.
 */
function editLines(placement: Placement): string[] {
  const { chain, after } = placement;
  const deletions = removedAt(placement).reverse();
  const tail = after.findLastIndex(({ at }) => at !== undefined);
  const insertions = after.flatMap(({ rule, at }, index) => {
    if (at !== undefined) return [];
    if (index > tail) return [rule.text];
    return [`-I ${chain} ${index + 1} ${rule.text.slice(`-A ${chain} `.length)}`];
  });
  return [...deletions.map((at) => `-D ${chain} ${at + 1}`), ...insertions];
}

function onlyOpens(placement: Placement): boolean {
  const opens = newRules(placement).every(({ target }) => target[1] === 'ACCEPT');
  return opens && removedAt(placement).length === 0;
}

import { createHash } from 'node:crypto';
import { type Action, shell } from '../../model/index.ts';
import type { RuleList, Table } from './parse-save.ts';
import { newRules, type Placement, removedAt } from './place-rules.ts';

/** Sets $wait. Before 1.6.2 (EL 7.4 has it patched in) iptables-restore knew of no lock. */
export const WAIT = `wait=
"$tool-restore" --wait=60 --test </dev/null >/dev/null 2>&1 && wait=--wait=60
`;

const RESTORE = `tool=$1 table=$2 seen=$3
shift 3
${WAIT}now=$("$tool-save" -t "$table" | grep -F "$@" | sha256sum)
if [ "\${now%% *}" != "$seen" ]; then
  echo "the running list was changed by someone else after it was looked at: run again" >&2
  exit 75
fi
"$tool-restore" $wait --noflush`;

const PUT_BACK = `tool=$1
shift
${WAIT}printf '%s\\n' "$@" | "$tool-restore" $wait --noflush`;

/** Changes the running list in one go, all or nothing; it can be undone where it could lock us out. */
export function restoreAction(
  tool: string,
  table: Table,
  list: RuleList,
  placements: readonly Placement[],
): Action {
  const marks = placements.map(({ chain }) => `-A ${chain} `);
  const patterns = marks.flatMap((mark) => ['-e', mark]);
  const exec = shell(RESTORE, tool, table, fingerprint(list, marks), ...patterns);
  const stdin = inTable(table, placements.flatMap(editLines)).join('\n').concat('\n');
  if (placements.every(onlyOpens)) return { exec, stdin };
  const former = placements.flatMap(({ chain, before }) => [
    `-F ${chain}`,
    ...before.map(({ text }) => text),
  ]);
  return { exec, stdin, undo: shell(PUT_BACK, tool, ...inTable(table, former)) };
}

/** The sha256 that `grep -F` and `sha256sum` find on the host while nobody touches these chains. */
function fingerprint(list: RuleList, marks: readonly string[]): string {
  const lines = list.rules
    .map(({ text }) => text)
    .filter((text) => marks.some((mark) => text.includes(mark)));
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
}

function inTable(table: Table, lines: readonly string[]): string[] {
  return [`*${table}`, ...lines, 'COMMIT'];
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
    return [rule.text.replace(`-A ${chain} `, () => `-I ${chain} ${index + 1} `)];
  });
  return [...deletions.map((at) => `-D ${chain} ${at + 1}`), ...insertions];
}

function onlyOpens(placement: Placement): boolean {
  const opens = newRules(placement).every(({ target }) => target[1] === 'ACCEPT');
  return opens && removedAt(placement).length === 0;
}

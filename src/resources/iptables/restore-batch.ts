import { createHash } from 'node:crypto';
import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import type { RuleList, Table } from './parse-save.ts';
import { newRules, type Placement, removedAt } from './place-rules.ts';

/** Sets $wait. Before 1.6.2 (EL 7.4 has it patched in) iptables-restore knew of no lock. */
export const WAIT = `wait=
"$tool-restore" --wait=60 --test </dev/null >/dev/null 2>&1 && wait=--wait=60
`;

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

import { ABSENT, ProbeError, type Reader, shell } from '../../model/index.ts';
import { ASK } from './ask-script.ts';
import { type Files, listFiles } from './list-files.ts';
import { explainRefusal, type Refusal } from './refusal.ts';
import { type Item, parseTransaction } from './transaction.ts';

export type Verb = 'install' | 'downgrade' | 'remove';

/** What dnf or yum would do. */
export type Resolution =
  | { readonly kind: 'transaction'; readonly items: readonly Item[]; readonly files?: Files }
  | { readonly kind: 'nothing' }
  /** There is something to do, but its table has a form that we do not know. */
  | { readonly kind: 'unreadable' }
  | Refusal;

/** A removal reads a copy of the history: it tells which dependencies nobody will need any more. */
const RESOLVE = `${ASK}
${ABSENT}
if [ "$1" = remove ]; then
  for file in /var/lib/dnf/history.sqlite*; do
    said=$(cp -- "$file" "$own/" 2>&1) || absent "$file" || { printf '%s\\n' "$said" >&2; exit 2; }
  done
fi
tries=0
while :; do
  said=$(ask --assumeno "$@") && code=0 || code=$?
  [ "$code" = 200 ] && [ "$tries" -lt 20 ] || break
  tries=$((tries + 1))
  sleep 1
done
printf '%s\\n== code %s\\n' "$said" "$code"
case $said in
*'No match for argument'* | *'No package '*) ask -q -C repolist ;;
esac
exit 0`;

/** Has dnf (or yum) resolve a transaction, and lists the files that it would bring. Runs none of it. */
export async function resolve(verb: Verb, words: readonly string[], host: Reader): Promise<Resolution> {
  const output = await host.probe(shell(RESOLVE, verb, ...words), { limit: 300 });
  const [said = '', code, repositories = ''] = output.stdout.split(/^== code (\d+)\n/m);
  if (code === undefined) throw new ProbeError(`dnf gave no answer to ${verb} ${words.join(' ')}`);
  const items = parseTransaction(said);
  if (items.length > 0) return withFiles(items, host);
  if (code === '0') return { kind: 'nothing' };
  const stopped = /^(Operation aborted|Exiting on user command)/m.test(said);
  return stopped ? { kind: 'unreadable' } : explainRefusal(said, code, repositories);
}

async function withFiles(items: readonly Item[], host: Reader): Promise<Resolution> {
  const files = await listFiles(items, host);
  return files === undefined ? { kind: 'transaction', items } : { kind: 'transaction', items, files };
}

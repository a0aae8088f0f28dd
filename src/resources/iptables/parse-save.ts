export const builtInChains = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const;

export type Table = keyof typeof builtInChains;

/** One table as iptables-save prints it. */
export interface RuleList {
  /** Chains that are not built in. */
  readonly chains: ReadonlySet<string>;
  readonly rules: readonly Rule[];
}

export function parseSave(text: string): RuleList {
  const lines = text.split('\n');
  const chains = lines.flatMap((line) => /^:(\S+) -/.exec(line)?.[1] ?? []);
  return { chains: new Set(chains), rules: lines.filter((line) => line.startsWith('-A ')).map(parseRule) };
}

export function rulesOf(list: { readonly rules: readonly Rule[] }, chain: string): Rule[] {
  return list.rules.filter((rule) => rule.chain === chain);
}

/** `! --dport 80` as its parts. */
export interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** `-m NAME` with the options that follow it. */
interface Match {
  readonly name: string;
  readonly options: readonly Option[];
}

/** A rule as iptables-save prints it. */
export interface Rule {
  readonly text: string;
  readonly chain: string;
  /** What stands before the matches: `-s`, `-d`, `-i`, `-o`, `-p`, `-f`. */
  readonly options: readonly Option[];
  readonly matches: readonly Match[];
  /** `-j` or `-g` and all that follows; empty for a rule that only counts. */
  readonly target: readonly string[];
  /** Equal for rules that differ only in the order of their matches, or in `state` for `conntrack`. */
  readonly key: string;
}

/** Reads one `-A` line that iptables-save printed on the host itself, so names and order are its own. */
export function parseRule(text: string): Rule {
  const words = splitWords(text);
  const chain = words[1] ?? '';
  const at = targetStart(words);
  const options = readOptions(words.slice(2, at));
  const target = words.slice(at);
  const { heads, matches } = groupByMatch(options);
  return { text, chain, options: heads, matches, target, key: keyOf(heads, matches, target) };
}

/** A comment may well be `-j`: the word behind one of these is always a value. */
const TAKES_ANYTHING = new Set(['--comment', '--string', '--hex-string', '--name']);

function isOption(words: readonly string[], at: number): boolean {
  return (words[at]?.startsWith('-') ?? false) && !TAKES_ANYTHING.has(words[at - 1] ?? '');
}

function targetStart(words: readonly string[]): number {
  const at = words.findIndex((word, index) => ['-j', '-g'].includes(word) && isOption(words, index));
  return at === -1 ? words.length : at;
}

function readOptions(words: readonly string[]): Option[] {
  const options: { name: string; negated: boolean; values: string[] }[] = [];
  for (const [at, word] of words.entries()) {
    if (word === '!' && isOption(words, at + 1)) continue;
    if (isOption(words, at)) options.push({ name: word, negated: words[at - 1] === '!', values: [] });
    else options.at(-1)?.values.push(word);
  }
  return options;
}

function groupByMatch(options: readonly Option[]): { heads: Option[]; matches: Match[] } {
  const heads: Option[] = [];
  const matches: { name: string; options: Option[] }[] = [];
  for (const option of options) {
    if (option.name === '-m') matches.push({ name: option.values[0] ?? '', options: [] });
    else (matches.at(-1)?.options ?? heads).push(option);
  }
  return { heads, matches };
}

function keyOf(heads: readonly Option[], matches: readonly Match[], target: readonly string[]): string {
  const protocol = heads.find((option) => option.name === '-p')?.values[0];
  const groups = matches
    .filter((match) => match.options.length > 0 || match.name !== protocol)
    .map((match) => JSON.stringify(match.name === 'state' ? asConntrack(match) : match));
  return JSON.stringify([heads.map((head) => JSON.stringify(head)).sort(), groups.sort(), target]);
}

/** The kernel itself reads the old `-m state` as conntrack. */
function asConntrack(match: Match): Match {
  return { name: 'conntrack', options: match.options.map((option) => ({ ...option, name: '--ctstate' })) };
}

const WORD = /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g;

/** The words of an iptables-save line: split at blanks, `"…"` being one word in which `\` escapes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(WORD)].map(
    ([, double, single, plain]) => plain ?? (double ?? single ?? '').replace(/\\(.)/g, '$1'),
  );
}

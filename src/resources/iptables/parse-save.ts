import { parseRule, type Rule } from './parse-rule.ts';

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
  /** Its policies and rules without counters and comments: what two lists are compared by. */
  readonly text: string;
}

export function parseSave(text: string): RuleList {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(:.*) \[\d+:\d+\]$/, '$1'))
    .filter((line) => /^(:|-A )/.test(line));
  const chains = lines.flatMap((line) => /^:(\S+) -/.exec(line)?.[1] ?? []);
  const rules = lines.filter((line) => line.startsWith('-A ')).map(parseRule);
  return { chains: new Set(chains), rules, text: lines.map((line) => `${line}\n`).join('') };
}

export function rulesOf(list: { readonly rules: readonly Rule[] }, chain: string): Rule[] {
  return list.rules.filter((rule) => rule.chain === chain);
}

/** The text of a list with each changed chain as it shall be. */
export function withChains(list: RuleList, chains: ReadonlyMap<string, readonly Rule[]>): string {
  const headers = list.text.split('\n').filter((line) => line.startsWith(':'));
  const order = new Set([...list.rules.map(({ chain }) => chain), ...chains.keys()]);
  const rules = [...order].flatMap((chain) => chains.get(chain) ?? rulesOf(list, chain));
  return [...headers, ...rules.map(({ text }) => text)].map((line) => `${line}\n`).join('');
}

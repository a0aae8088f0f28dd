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
}

export function parseSave(text: string): RuleList {
  const lines = text.split('\n');
  const chains = lines.flatMap((line) => /^:(\S+) -/.exec(line)?.[1] ?? []);
  return { chains: new Set(chains), rules: lines.filter((line) => line.startsWith('-A ')).map(parseRule) };
}

export function rulesOf(list: { readonly rules: readonly Rule[] }, chain: string): Rule[] {
  return list.rules.filter((rule) => rule.chain === chain);
}

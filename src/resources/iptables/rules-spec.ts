import { z } from 'zod';
import { splitWords } from './split-words.ts';

const aRule = z
  .string()
  .regex(/^-A \S/, 'a rule begins with `-A CHAIN `, as iptables-save prints it; its place is found by itself')
  .regex(/^[^\n\r\0]*$/, 'a rule is one line')
  .refine((rule) => splitWords(rule).some((word) => /^(-j|-g|--jump|--goto)$/.test(word)), {
    message: 'a rule needs a target: `-j ACCEPT` or `-g CHAIN`',
  })
  .refine((rule) => !splitWords(rule).some((word) => /^(-t|--table)$/.test(word)), {
    message: 'a rule does not name its table: write `table` beside `rules`',
  });

export const rulesSpec = z.strictObject({
  /**
   * Rules as iptables-save(8) prints them, each one beginning with `-A CHAIN`. Where several touch the same
   * packets, the first of them wins, whatever else is on the host.
   */
  rules: z.array(aRule).min(1),
  /** The table that they belong to. Default `filter`. */
  table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter'),
  /** `ipv4` speaks to iptables, `ipv6` to ip6tables. Default `ipv4`. */
  family: z.enum(['ipv4', 'ipv6']).default('ipv4'),
  /** `absent` takes every copy of the rules out of both lists. Default `present`. */
  state: z.enum(['present', 'absent']).default('present'),
});

export type RulesSpec = z.output<typeof rulesSpec>;

export function toolOf(spec: RulesSpec): 'iptables' | 'ip6tables' {
  return spec.family === 'ipv4' ? 'iptables' : 'ip6tables';
}

/** Where iptables-services keeps what it loads at boot. */
export function savedPath(spec: RulesSpec): string {
  return `/etc/sysconfig/${toolOf(spec)}`;
}

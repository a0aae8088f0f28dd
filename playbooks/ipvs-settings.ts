import { type Host, z } from 'trueup';

/** The vars of the group `directors` that the web servers behind them go by too. */
export const ipvsSettings = z.object({
  /** The virtual address, in the net of the directors and the web servers. */
  vip: z.ipv4('expected an IPv4 address'),
  /**
   * How the directors pass packets on. `DR`: as they are, and the servers answer the client themselves. `NAT`: with the
   * server's address in them, and the answers come back through the director.
   */
  lbKind: z.enum(['DR', 'NAT'], "expected 'DR' (direct routing) or 'NAT'").default('DR'),
});

export type IpvsSettings = z.output<typeof ipvsSettings>;

/** What the directors have; without any there is nothing that the web servers could be behind. */
export function settingsOf(directors: readonly Host[]): IpvsSettings {
  const [first] = directors;
  if (first === undefined) throw new Error('the inventory has no hosts in the group `directors`');
  const settings = ipvsSettings.safeParse(first.vars);
  if (settings.success) return settings.data;
  const [issue] = settings.error.issues;
  throw new Error(`director ${first.name}: \`${issue?.path.join('.')}\`: ${issue?.message}`);
}

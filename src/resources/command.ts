import { z } from 'zod';
import { defineResource, shellLine } from '../model/index.ts';
import { decideCommand } from './command/decide.ts';
import { readGuards } from './command/read-guards.ts';

const words = z.tuple([z.string().min(1)], z.string());
const path = z.string().regex(/^\/[^\0\n]*[^\0\n/]$/, 'must be an absolute path');

export const commandSpec = z
  .strictObject({
    /** The command as its words; no shell reads them (`['sh', '-c', …]` has one read them). */
    run: words,
    /** Run it unless this command exits 0. */
    unless: words.optional(),
    /** Run it only if this command exits 0: it must no longer do so afterwards. */
    onlyIf: words.optional(),
    /** Run it only if this path does not exist: it must exist afterwards. */
    creates: path.optional(),
    /** How it is called in output. Default: the command line, shortened. */
    name: z.string().min(1).optional(),
    /** Seconds until it is killed. Default 300. */
    limit: z.int().min(1).max(86_400).default(300),
    /** The paths that it makes appear or change, so that later steps know; left out, anything may appear. */
    changes: z.array(path).optional(),
  })
  .refine(({ unless, onlyIf, creates }) => unless || onlyIf || creates, {
    error:
      'needs `unless`, `onlyIf` or `creates`: without one, nobody can tell whether there is something to do',
  });

export type CommandSpec = z.output<typeof commandSpec>;

/**
 * Ensures what no other resource can, by running a command where a look says that it is needed.
 *
 * It needs at least one of `unless`, `onlyIf` and `creates`; with several, all must ask for the run. The look is made
 * again after the run: a command after which it still asks for one has failed. So `onlyIf` shall test for the need
 * (`['test', '/etc/aliases', '-nt', '/etc/aliases.db']`), not for whether it makes sense here. The guards must only look.
 *
 * Fields: `run` (required, as words), `unless`, `onlyIf`, `creates`, `name`, `limit` (seconds, default 300), `changes`
 * (paths, for what later steps may expect). It runs as root in /, with LC_ALL=C and the system folders as its PATH.
 *
 * Every exit code of a guard is an answer but 126, 124 and those of a signal. It is blocked where the tool of `run` or of a
 * guard does not exist and no earlier step brings it. Where an earlier step will change a file that a guard names, the
 * step is unknown until then.
 *
 * @example
 * command({ run: ['modprobe', 'ip_vs'], creates: '/proc/net/ip_vs' })
 * @example
 * command({ run: ['newaliases'], onlyIf: ['test', '/etc/aliases', '-nt', '/etc/aliases.db'], changes: ['/etc/aliases.db'] })
 */
export const command = defineResource({
  kind: 'command',
  schema: commandSpec,
  name: nameOf,
  manages: () => [],
  read: readGuards,
  diff: (spec, state, foretold) => decideCommand(spec, nameOf(spec), state, foretold),
  // Also while it is unknown whether it runs: if it need not, what it makes is there already.
  foretells({ creates, changes }) {
    const made = [...(creates === undefined ? [] : [creates]), ...(changes ?? [])];
    return { appears: made, changes: changes ?? [], more: changes === undefined };
  },
});

const LONGEST = 60;

function nameOf({ name, run }: Pick<CommandSpec, 'name' | 'run'>): string {
  const line = name ?? shellLine(run).replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

import { z } from 'zod';

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

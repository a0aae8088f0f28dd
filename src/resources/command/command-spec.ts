import { z } from 'zod';
import { argument, Secret } from '../../model/index.ts';

const words = (instead: string) => {
  const word = argument(instead);
  return z.tuple([word.min(1)], word);
};
const guard = words('pass it in `env`, to a tool that reads it there');
const path = z.string().regex(/^\/[^\0\n]*[^\0\n/]$/, 'must be an absolute path');

/** What a process reads: a Secret as it is, which other texts print as [secret]. */
const input = z
  .union([z.string(), z.instanceof(Secret)], 'expected a text or a secret')
  .refine((text) => text instanceof Secret || !text.includes('[secret]'), {
    message: 'a secret was put into a text, where it prints as [secret]: pass it by itself, or reveal() it',
  });

/** Set by trueup, or read-only in bash. */
const TAKEN = /^(PATH|BASHOPTS|BASH_VERSINFO|EUID|PPID|SHELLOPTS|UID)$/;
const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable, such as DB_PASSWORD')
  .refine(
    (name) => !TAKEN.test(name),
    'cannot be set: use another name; for PATH call the tool by its whole path',
  );
const hasNoNul = (value: string | Secret) => !revealed(value).includes('\0');

export const commandSpec = z
  .strictObject({
    /** The command as its words; no shell reads them (`['sh', '-c', …]` has one read them). Without secrets. */
    run: words('pass it in `env` or as `stdin`, to a tool that reads it there'),
    /** Run it unless this command exits 0. */
    unless: guard.optional(),
    /** Run it only if this command exits 0: it must no longer do so afterwards. */
    onlyIf: guard.optional(),
    /** Run it only if this path does not exist: it must exist afterwards. */
    creates: path.optional(),
    /** What `run` reads; may be a secret. Default: nothing. */
    stdin: input.optional(),
    /** Variables of `run` and of the guards; they may be secrets. */
    env: z.record(variable, input.refine(hasNoNul, 'a variable cannot hold a NUL byte')).optional(),
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

/** The variables as the processes get them. */
export function environmentOf({
  env,
}: Pick<CommandSpec, 'env'>): Readonly<Record<string, string>> | undefined {
  return env && Object.fromEntries(Object.entries(env).map(([name, value]) => [name, revealed(value)]));
}

export function revealed(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

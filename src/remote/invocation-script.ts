import { type Command, type Invocation, quoteWord, shellLine } from '../model/index.ts';

/** Seconds between the polite signal at the limit and the one that cannot be refused. */
export const KILL_AFTER = 10;

/** The command, killed when its seconds are over. */
export function boundedLine(command: Command, limit: number): string {
  return `timeout -k ${KILL_AFTER} ${limit} ${shellLine(command)}`;
}

/** The invocation as sh: bounded in time, its stdin its own. */
export function invocationScript({ command, limit, stdin, env }: Invocation): string {
  const bounded = environment(env) + boundedLine(command, limit);
  return stdin === undefined ? `${bounded} </dev/null` : `${feed(Buffer.from(stdin))} | ${bounded}`;
}

/** Assignments in front of a command: the shell itself hands the values over, so that no command line shows them. */
export function environment(env: Invocation['env'] = {}): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${quoteWord(value)} `)
    .join('');
}

const PLAIN_TEXT = /^[\t\n\x20-\x7e]*$/;

/** Prints exactly these bytes, by what the shell has in itself: no temporary file, and no command line shows them. */
export function feed(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (PLAIN_TEXT.test(text)) return `printf %s ${quoteWord(text)}`;
  return `printf %s ${bytes.toString('base64')} | base64 -d`;
}

import { InputError } from './errors.ts';

/** A command as its words; nothing is ever split or expanded by a shell. */
export type Command = readonly [string, ...string[]];

const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word as POSIX sh reads it back unchanged. */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new InputError('a word of a command holds a NUL byte, which no command can');
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command as one line of POSIX sh. */
export function shellLine(command: Command): string {
  return command.map(quoteWord).join(' ');
}

/** A piece of POSIX sh with its arguments as $1, $2 …: for what one command cannot say. */
export function shell(script: string, ...args: string[]): Command {
  return ['sh', '-c', script, 'trueup', ...args];
}

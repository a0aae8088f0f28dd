import type { Command, CommanderError } from 'commander';
import { InputError } from '../model/index.ts';

/** What commander found wrong with a command line, and the help to look into. */
export function usageError(error: CommanderError, program: Command, argv: readonly string[]): InputError {
  const command = namedBy(argv, program);
  return new InputError(splitShellWords(error, command), {
    advice: `${pathOf(command)} --help lists what there is.`,
  });
}

/** The command that the first words name, as far as there is such a one. */
function namedBy([word, ...rest]: readonly string[], command: Command): Command {
  const below = command.commands.find((each) => each.name() === word);
  return below ? namedBy(rest, below) : command;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** To a group's name alone commander answers with its help, and throws no words. */
function splitShellWords({ code, message }: CommanderError, command: Command): string {
  if (code !== 'commander.help') return message.replace(/^error: /, '');
  return `expected a command: ${command.commands.map(pathOf).join(' or ')}`;
}

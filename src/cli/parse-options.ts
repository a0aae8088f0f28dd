import { type Command, CommanderError } from 'commander';
import { InputError } from '../model/index.ts';
import { commandLine, type Flags } from './command-line.ts';
import { DEFAULT_INVENTORY } from './flags.ts';
import type { Options, Request, Verb } from './options.ts';

/** Reads the command line; undefined if it only asked for help or the version, which was printed. */
export function parseOptions(argv: readonly string[]): Request | undefined {
  let parsed: Request | undefined;
  const keep = (request: Request) => {
    parsed = request;
  };
  const run = (verb: Verb, playbook: string, flags: Flags) => keep(fromFlags(verb, playbook, flags));
  const program = commandLine({ run, inquire: keep, forget: keep });
  try {
    program.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usageError(error, program, argv);
  }
  return parsed;
}

function fromFlags(verb: Verb, playbook: string, flags: Flags): Options {
  return {
    verb,
    playbook,
    inventory: flags.inventory ?? DEFAULT_INVENTORY,
    maxHosts: flags.maxHosts,
    limit: flags.limit,
    extraVars: flags.extraVars ?? [],
    tags: flags.tags ?? [],
    skipTags: flags.skipTags ?? [],
    forks: flags.forks ?? 10,
    json: flags.json ?? false,
    verbosity: flags.verbose ?? 0,
    diff: flags.diff ?? false,
    yes: flags.yes ?? false,
    detailedExitcode: flags.detailedExitcode ?? false,
    verify: flags.verify ?? false,
    disturb: flags.disturb ?? false,
    map: flags.map ?? false,
    junit: flags.junit,
  };
}

/** What commander found wrong with a command line, and the help to look into. */
function usageError(error: CommanderError, program: Command, argv: readonly string[]): InputError {
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

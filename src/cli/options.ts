import { Command, CommanderError } from 'commander';
import { InputError } from '../model/index.ts';
import { append, counted, DEFAULT_INVENTORY, positive, words } from './flags.ts';
import { addInquiries, type Inquiry } from './inquiry.ts';
import { version } from './version.ts';

export type Verb = 'plan' | 'apply' | 'verify';

/** What a person asked for on the command line. */
export interface Options {
  readonly verb: Verb;
  readonly playbook: string;
  readonly inventory: string;
  readonly limit: string | undefined;
  readonly extraVars: readonly string[];
  /** Only steps with one of these; empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly json: boolean;
  /** How often -v was given: 1 shows steps that are fine, 2 also commands, 3 also what they said. */
  readonly verbosity: number;
  readonly diff: boolean;
  readonly yes: boolean;
  readonly detailedExitcode: boolean;
  /** Run the checks after a successful apply. */
  readonly verify: boolean;
  /** Run also the checks that interrupt the site for a moment. */
  readonly disturb: boolean;
  /** Draw the site instead of listing its checks. */
  readonly map: boolean;
  /** A file for the result as JUnit XML. */
  readonly junit: string | undefined;
}

/** `trueup hosts forget`. */
export interface ForgetOptions {
  readonly verb: 'forget';
  readonly pattern: string;
  readonly inventory: string;
}

/** Anything that a command line can ask for. */
export type Request = Options | ForgetOptions | Inquiry;

/** Whether it is about a playbook's run; what is not has a way of its own. */
export function isRun(request: Request): request is Options {
  return request.verb === 'plan' || request.verb === 'apply' || request.verb === 'verify';
}

type Flags = Partial<Omit<Options, 'verb' | 'playbook' | 'extraVars' | 'verbosity'>> & {
  extraVars?: string[];
  verbose?: number;
};

/** All commands with their options, as the completion scripts need them. */
export function commandLine(): Command {
  const program = build(() => {});
  addInquiries(program, () => {});
  addHosts(program, () => {});
  return program;
}

/** Reads the command line; undefined if it only asked for help or the version, which was printed. */
export function parseOptions(argv: readonly string[]): Request | undefined {
  let parsed: Request | undefined;
  const program = build((verb, playbook, flags) => {
    parsed = fromFlags(verb, playbook, flags);
  });
  addInquiries(program, (inquiry) => {
    parsed = inquiry;
  });
  addHosts(program, (pattern, { inventory }) => {
    parsed = { verb: 'forget', pattern, inventory };
  });
  try {
    program.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new InputError(error.message.replace(/^error: /, ''), {
      advice: 'trueup --help lists what there is.',
    });
  }
  return parsed;
}

function fromFlags(verb: Verb, playbook: string, flags: Flags): Options {
  return {
    verb,
    playbook,
    inventory: flags.inventory ?? DEFAULT_INVENTORY,
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

const AFTER_HELP = `
trueup COMMAND --help tells its options. Exit codes, the worst host decides:
  0 done, or nothing to do     3 a step failed             6 host key refused
  1 a bug of trueup            4 a host is unreachable     130 interrupted
  2 changes pending            5 usage, inventory or playbook error

  trueup plan playbooks/site.ts -i inventory/lab.yml -l 'web*:!web-02' --diff`;

/** A command as the list of commands names it: its options are told by its own help. */
function subcommandTerm(command: Command): string {
  const words = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const below = command.commands.map((each) => each.name()).join('|');
  return [command.name(), below, ...words].filter(Boolean).join(' ');
}

type Act = (verb: Verb, playbook: string, flags: Flags) => void;

function build(act: Act): Command {
  const program = new Command('trueup')
    .description(
      'Brings CentOS hosts into true over SSH: shows what differs from a playbook, changes exactly that.',
    )
    .version(version, '-V, --version', 'print the version')
    .configureHelp({ subcommandTerm })
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError();
  withTags(add(program, act, 'plan', 'show what apply would change; touches nothing'))
    .option('--diff', 'show files and rules as unified diffs')
    .option('--detailed-exitcode', 'exit 2 if there is anything to change');
  withTags(add(program, act, 'apply', 'plan, ask, then change exactly that'))
    .option('--diff', 'show files and rules as unified diffs')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option('--verify', 'run the checks after it, if all went well');
  add(program, act, 'verify', 'run its checks, which prove from outside that it serves')
    .option('--map', 'draw the site: client, addresses, hosts, and how they are')
    .option('--disturb', 'also checks that interrupt it for a moment: failover');
  return program;
}

function add(program: Command, act: Act, verb: Verb, description: string): Command {
  return program
    .command(verb)
    .description(description)
    .argument('<playbook>', 'a TypeScript file such as playbooks/site.ts')
    .option('-i, --inventory <file>', 'hosts, groups and vars', DEFAULT_INVENTORY)
    .option('-l, --limit <pattern>', 'only these hosts: web*:!web-02, a,b, &x, web[0:2], @FILE')
    .option('-e, --extra-vars <key=value>', 'a var for all hosts, or @FILE; may be repeated', append)
    .option('-f, --forks <number>', 'how many hosts at a time', positive, 10)
    .option('--json', 'print one JSON document')
    .option('--junit <file>', 'write the result as JUnit XML, too')
    .option('-v, --verbose', 'show steps that are fine; -vv: commands; -vvv: what they said', counted)
    .action((playbook: string, flags: Flags) => act(verb, playbook, flags));
}

function addHosts(program: Command, forget: (pattern: string, flags: { inventory: string }) => void): void {
  const hosts = program.command('hosts').description('for a host that was installed anew: forget its key');
  hosts
    .command('forget')
    .description("forget a host's key, for one that was installed anew")
    .argument('<pattern>', 'hosts or groups of the inventory')
    .option('-i, --inventory <file>', 'hosts, groups and vars', DEFAULT_INVENTORY)
    .action(forget);
}

/** For commands that are about steps. */
function withTags(command: Command): Command {
  return command
    .option('-t, --tags <words>', 'only steps with one of these tags, as a,b', words)
    .option('--skip-tags <words>', 'no steps with one of these tags', words);
}

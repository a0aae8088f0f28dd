import { Command } from 'commander';
import { append, counted, positive, withInventory, words } from './flags.ts';
import type { ForgetOptions, Options, Verb } from './options.ts';
import { addQueryCommands, type QueryCommand } from './query-commands.ts';
import { version } from './version.ts';

/** The flags of a run as they were given. */
export type Flags = Partial<Omit<Options, 'verb' | 'playbook' | 'extraVars' | 'verbosity'>> & {
  extraVars?: string[];
  verbose?: number;
};

/** What a command line leads to. */
export interface Acts {
  run(verb: Verb, playbook: string, flags: Flags): void;
  inquire(inquiry: QueryCommand): void;
  forget(options: ForgetOptions): void;
}

const nothing: Acts = { run: () => {}, inquire: () => {}, forget: () => {} };

/** All commands with their options; without `acts` for those who only want to know what there is. */
export function commandLine(acts: Acts = nothing): Command {
  const program = build(acts.run);
  addQueryCommands(program, acts.inquire);
  addHosts(program, (pattern, flags) => acts.forget({ verb: 'forget', pattern, ...flags }));
  return program;
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

type Act = Acts['run'];

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
  return withInventory(program.command(verb))
    .description(description)
    .argument('<playbook>', 'a TypeScript file such as playbooks/site.ts')
    .option('-l, --limit <pattern>', 'only these hosts: web*:!web-02, a,b, &x, web[0:2], @FILE')
    .option('-e, --extra-vars <key=value>', 'a var for all hosts, or @FILE; may be repeated', append)
    .option('-f, --forks <number>', 'how many hosts at a time', positive, 10)
    .option('--json', 'print one JSON document')
    .option('--junit <file>', 'write the result as JUnit XML, too')
    .option('-v, --verbose', 'show steps that are fine; -vv: commands; -vvv: what they said', counted)
    .action((playbook: string, flags: Flags) => act(verb, playbook, flags));
}

type Forget = (pattern: string, flags: Omit<ForgetOptions, 'verb' | 'pattern'>) => void;

function addHosts(program: Command, forget: Forget): void {
  const hosts = program
    .command('hosts')
    .description('for a host that was installed anew: forget its key')
    .helpCommand(false);
  withInventory(hosts.command('forget'))
    .description("forget a host's key, for one that was installed anew")
    .argument('<pattern>', 'hosts or groups of the inventory')
    .action(forget);
}

/** For commands that are about steps. */
function withTags(command: Command): Command {
  return command
    .option('-t, --tags <words>', 'only steps with one of these tags, as a,b', words)
    .option('--skip-tags <words>', 'no steps with one of these tags', words);
}

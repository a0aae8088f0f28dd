import { Argument, type Command } from 'commander';
import { append, positive, withInventory } from './flags.ts';

/** `trueup validate`. */
export interface ValidateOptions {
  readonly verb: 'validate';
  readonly playbook: string;
  readonly inventory: string;
  readonly maxHosts?: number | undefined;
  readonly limit?: string;
  readonly extraVars?: readonly string[];
  readonly json?: boolean;
}

/** `trueup facts`. */
export interface FactsOptions {
  readonly verb: 'facts';
  readonly pattern: string;
  readonly inventory: string;
  readonly maxHosts?: number | undefined;
  readonly forks: number;
  readonly json?: boolean;
}

/** `trueup inventory list`. */
export interface InventoryListOptions {
  readonly verb: 'inventory list';
  readonly pattern: string;
  readonly inventory: string;
  readonly maxHosts?: number | undefined;
  readonly json?: boolean;
}

/** `trueup inventory show`. */
export interface InventoryShowOptions {
  readonly verb: 'inventory show';
  readonly pattern: string;
  readonly inventory: string;
  readonly maxHosts?: number | undefined;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `trueup completion`. */
export interface CompletionOptions {
  readonly verb: 'completion';
  readonly shell: 'bash' | 'zsh';
}

/** A question to the command line whose answer changes nothing anywhere. */
export type QueryCommand =
  | ValidateOptions
  | FactsOptions
  | InventoryListOptions
  | InventoryShowOptions
  | CompletionOptions;

type Ask = (inquiry: QueryCommand) => void;

export function addQueryCommands(program: Command, ask: Ask): void {
  addValidate(program, ask);
  addFacts(program, ask);
  addInventory(program, ask);
  program
    .command('completion')
    .description('print a script for the shell to source')
    .addArgument(new Argument('<shell>', 'source <(trueup completion bash)').choices(['bash', 'zsh']))
    .action((shell: 'bash' | 'zsh') => ask({ verb: 'completion', shell }));
}

function addValidate(program: Command, ask: Ask): void {
  common(program.command('validate'))
    .description('check a playbook as far as it goes without a host')
    .argument('<playbook>', 'a TypeScript file such as playbooks/site.ts')
    .option('-l, --limit <pattern>', 'only these hosts: web*:!web-02, a,b, &x, web[0:2], @FILE')
    .option('-e, --extra-vars <key=value>', 'a var for all hosts, or @FILE; may be repeated', append)
    .action((playbook: string, flags: Omit<ValidateOptions, 'verb' | 'playbook'>) =>
      ask({ verb: 'validate', playbook, ...flags }),
    );
}

function addFacts(program: Command, ask: Ask): void {
  common(program.command('facts'))
    .description('what hosts say of themselves')
    .argument('[pattern]', 'hosts or groups', 'all')
    .option('-f, --forks <number>', 'how many hosts at a time', positive, 10)
    .action((pattern: string, flags: Omit<FactsOptions, 'verb' | 'pattern'>) =>
      ask({ verb: 'facts', pattern, ...flags }),
    );
}

function addInventory(program: Command, ask: Ask): void {
  const inventory = program
    .command('inventory')
    .description('the hosts, as trueup reads the inventory')
    .helpCommand(false);
  common(inventory.command('list'))
    .description('hosts with their addresses and groups')
    .argument('[pattern]', 'hosts or groups', 'all')
    .action((pattern: string, flags: Omit<InventoryListOptions, 'verb' | 'pattern'>) =>
      ask({ verb: 'inventory list', pattern, ...flags }),
    );
  common(inventory.command('show'))
    .description('how a host is reached, and its vars')
    .argument('<host>', 'hosts or groups')
    .option('--explain', 'where each value was written, and which ones it beats')
    .action((pattern: string, flags: Omit<InventoryShowOptions, 'verb' | 'pattern'>) =>
      ask({ verb: 'inventory show', pattern, ...flags }),
    );
}

function common(command: Command): Command {
  return withInventory(command).option('--json', 'print one JSON document');
}

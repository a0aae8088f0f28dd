import { type Command, InvalidArgumentError } from 'commander';

export const DEFAULT_INVENTORY = 'inventory/hosts.yml';

/** The options of every command that reads an inventory. */
export function withInventory(command: Command): Command {
  return command
    .option('-i, --inventory <file>', 'hosts, groups and vars', DEFAULT_INVENTORY)
    .option('--max-hosts <number>', 'how many hosts the inventory may have (default: 10,000)', positive);
}

/** For an option that may be given several times. */
export function append(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** For an option with words and commas between them, which may be given several times. */
export function words(value: string, before: string[] = []): string[] {
  const found = value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (found.length === 0) throw new InvalidArgumentError('expected words with commas between them');
  return [...before, ...found];
}

/** For a flag that says more the more often it is given. */
export function counted(_value: unknown, before = 0): number {
  return before + 1;
}

export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError('expected a whole number from 1 on');
  }
  return number;
}

import type { Check, Host, StepIdentity, TrueupError } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

/** What is known of a host without asking it; steps and checks that depend on its facts are not. */
export interface Validated {
  readonly host: Host;
  readonly steps: readonly StepIdentity[] | undefined;
  readonly checks: readonly Check[] | undefined;
  readonly problems: readonly TrueupError[];
}

/** A line for each host, and then each mistake once, with the hosts that it is about. */
export function validatedText(hosts: readonly Validated[], paint: Paint): string {
  const problems = new Map<string, { advice: string | undefined; names: string[] }>();
  for (const { host, problems: own } of hosts) {
    for (const { message, advice } of own) {
      const known = problems.get(message) ?? { advice, names: [] };
      problems.set(message, { ...known, names: [...known.names, host.name] });
    }
  }
  const blocks = [...problems].flatMap(([message, { advice, names }]) => [
    '',
    `${paint.red('✗')} ${paint.bold(visible(names.join(', ')))}`,
    `  ${visible(message)}`,
    ...(advice === undefined ? [] : [`  → ${visible(advice)}`]),
  ]);
  return [table(hosts.map(rowOf)), ...blocks].join('\n');
}

function rowOf({ host, steps, checks, problems }: Validated): string[] {
  if (problems.length > 0) return [`✗ ${host.name}`, counted(problems.length, 'mistake')];
  const known = steps === undefined ? 'steps depend on facts' : counted(steps.length, 'step');
  return [
    `✓ ${host.name}`,
    known,
    checks === undefined ? 'checks depend on facts' : counted(checks.length, 'check'),
  ];
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

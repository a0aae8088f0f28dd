import type { Interruption } from './interruption.ts';
import type { QueryCommand } from './query-commands.ts';

/** Answers an inquiry on stdout and returns the exit code. */
export async function runQuery(inquiry: QueryCommand, interruption: Interruption): Promise<number> {
  switch (inquiry.verb) {
    case 'validate':
      return (await import('./commands/validate.ts')).validate(inquiry);
    case 'facts':
      return (await import('./commands/facts.ts')).facts(inquiry, interruption);
    case 'inventory list':
      return (await import('./commands/inventory-list.ts')).inventoryList(inquiry);
    case 'inventory show':
      return (await import('./commands/inventory-show.ts')).inventoryShow(inquiry);
    case 'completion':
      return (await import('./commands/completion.ts')).completion(inquiry);
  }
}

import { Agent } from 'node:http';
import { askOnce, type Target } from './request.ts';
import { Tally } from './tally.ts';

/** What the load is told, as JSON in its first argument. */
export interface LoadSpec {
  readonly targets: readonly Target[];
  /** Requests a second, whatever becomes of the earlier ones. */
  readonly perSecond: number;
  /** Milliseconds until a request that has no whole answer has failed. */
  readonly limit: number;
  /** All over one connection, and another one when that was closed; else each over a connection of its own. */
  readonly keepAlive?: boolean;
}

/** Asks at a steady pace until stdin ends; then waits for what is under way and prints a Report. */
async function main({ targets, perSecond, limit, keepAlive = false }: LoadSpec): Promise<void> {
  const tally = new Tally();
  const agent = keepAlive ? new Agent({ keepAlive, maxSockets: 1 }) : undefined;
  const underWay = new Set<Promise<void>>();
  let turn = 0;
  const pace = setInterval(() => {
    const target = targets[turn++ % targets.length];
    if (!target) return;
    const asked = askOnce(target, limit, agent).then((outcome) => {
      tally.add(outcome);
      underWay.delete(asked);
    });
    underWay.add(asked);
  }, 1000 / perSecond);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on('end', resolve));
  clearInterval(pace);
  await Promise.all(underWay);
  agent?.destroy();
  console.log(JSON.stringify(tally.report()));
}

await main(JSON.parse(process.argv[2] ?? ''));

import { Listr } from 'listr2';
import { mask, type RunEvent } from '../../model/index.ts';
import { FleetState } from './fleet-state.ts';

/** Rows that the title, the prompt and a line of air need. */
const RESERVED_ROWS = 4;

/** Shows a phase of the run on a terminal while it lasts; its end is the phase's end. */
export async function showOnTerminal<Result>(
  title: string,
  hosts: number,
  phase: (listener: (event: RunEvent) => void) => Promise<Result>,
): Promise<Result> {
  const state = new FleetState(hosts);
  let outcome: { result: Result } | undefined;
  const view = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          const draw = () => {
            task.title = `${title}: ${state.title}`;
            task.output = mask(
              state.lines(Math.max(1, (process.stdout.rows ?? 24) - RESERVED_ROWS)).join('\n'),
            );
          };
          outcome = {
            result: await phase((event) => {
              state.take(event);
              draw();
            }),
          };
        },
      },
    ],
    { registerSignalListeners: false, rendererOptions: { showErrorMessage: false, collapseErrors: false } },
  );
  await view.run();
  if (!outcome) throw new Error(`${title} ended without a result`);
  return outcome.result;
}

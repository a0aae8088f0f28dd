import { Listr, ListrDefaultRendererLogLevels } from 'listr2';
import { mask, type RunEvent } from '../../model/index.ts';
import { FleetState } from './fleet-state.ts';

/** Rows that the title, the prompt and a line of air need. */
const RESERVED_ROWS = 4;
/** Columns of indentation and marks. */
const RESERVED_COLUMNS = 6;
/** Milliseconds between two drawings: one for each event would keep forty hosts waiting. */
const FRAME = 100;

/** Shows a phase of the run on a terminal while it lasts; its end is the phase's end. */
export async function showOnTerminal<Result>(
  title: string,
  hosts: number,
  phase: (listener: (event: RunEvent) => void) => Promise<Result>,
): Promise<Result> {
  const state = new FleetState(hosts, () => performance.now());
  let outcome: { result: Result } | undefined;
  const view = new Listr(
    [
      {
        title,
        rendererOptions: { outputBar: true },
        task: async (_, task) => {
          let shown = '';
          const draw = () => {
            const { rows = 24, columns = 80 } = process.stdout;
            const lines = state.lines(
              Math.max(1, rows - RESERVED_ROWS),
              Math.max(20, columns - RESERVED_COLUMNS),
            );
            const now = mask([`${title}: ${state.title}`, ...lines].join('\n'));
            if (now === shown) return;
            shown = now;
            const [first = title, ...rest] = now.split('\n');
            task.title = first;
            task.output = rest.join('\n');
          };
          const drawing = setInterval(draw, FRAME);
          const result = await phase((event) => state.take(event)).finally(() => clearInterval(drawing));
          draw();
          outcome = { result };
          if (state.hasFailures) throw new Error(state.title);
        },
      },
    ],
    {
      registerSignalListeners: false,
      rendererOptions: {
        showErrorMessage: false,
        collapseErrors: false,
        icon: { [ListrDefaultRendererLogLevels.OUTPUT]: ' ' },
      },
    },
  );
  await withCursorAfterIt(() => view.run()).catch((error) => {
    if (!outcome) throw error;
  });
  if (!outcome) throw new Error(`${title} ended without a result`);
  return outcome.result;
}

/** listr2 hides the cursor, and shows it again only where it comes to its end: a second Ctrl-C leaves in the middle. */
async function withCursorAfterIt(job: () => Promise<unknown>): Promise<void> {
  // Taken before listr2 puts what is written aside.
  const write = process.stdout.write.bind(process.stdout);
  const show = () => void write('\u001b[?25h');
  process.once('exit', show);
  await job().finally(() => process.off('exit', show));
}

import { commandLine } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import type { CompletionOptions } from '../query-commands.ts';
import { completionScript } from '../views/completion-script.ts';

/** The script that makes a shell complete trueup's command line. */
export async function completion({ shell }: CompletionOptions): Promise<number> {
  process.stdout.write(completionScript(shell, commandLine()));
  return EXIT.done;
}

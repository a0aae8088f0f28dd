import { commandLine } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import type { CompletionInquiry } from '../inquiry.ts';
import { completionScript } from '../views/completion-script.ts';

/** The script that makes a shell complete trueup's command line. */
export async function completion({ shell }: CompletionInquiry): Promise<number> {
  process.stdout.write(completionScript(shell, commandLine()));
  return EXIT.done;
}

import {
  ABSENT,
  answerCodes,
  type Command,
  type ProbeOptions,
  type Reader,
  shell,
} from '../../model/index.ts';
import { type CommandSpec, environmentOf } from './command-spec.ts';

/** What a guard said; `tool missing` is no answer yet. */
export type GuardAnswer = 'yes' | 'no' | 'tool missing';

export interface GuardState {
  readonly unless?: GuardAnswer;
  readonly onlyIf?: GuardAnswer;
  /** Whether the path of `creates` exists. */
  readonly created?: boolean;
  /** Whether the host has what shall be run. */
  readonly runnable: boolean;
}

const MISSING = 127;

/** Everything at once, so that it travels together. */
export async function readGuards(spec: CommandSpec, host: Reader): Promise<GuardState> {
  const { unless, onlyIf, creates, run } = spec;
  const env = environmentOf(spec);
  const [unlessSays, onlyIfSays, created, runnable] = await Promise.all([
    unless && ask(unless, env, host),
    onlyIf && ask(onlyIf, env, host),
    creates === undefined ? undefined : host.file(creates),
    isRunnable(run, host),
  ]);
  return {
    ...(unlessSays && { unless: unlessSays }),
    ...(onlyIfSays && { onlyIf: onlyIfSays }),
    ...(created && { created: created.exists }),
    runnable,
  };
}

async function ask(guard: Command, env: ProbeOptions['env'], host: Reader): Promise<GuardAnswer> {
  const { code } = await host.probe(guard, { expect: answerCodes, ...(env && { env }) });
  if (code === MISSING) return 'tool missing';
  return code === 0 ? 'yes' : 'no';
}

/** dash says 127 where bash says 1; a path that the host refuses to look at is no answer. */
const IS_RUNNABLE = `${ABSENT}
command -v -- "$1" >/dev/null && exit
case $1 in /*) [ -e "$1" ] || absent "$1" ;; esac
exit 1`;

async function isRunnable([tool]: Command, host: Reader): Promise<boolean> {
  const { code } = await host.probe(shell(IS_RUNNABLE, tool), {
    expect: [0, 1, MISSING],
  });
  return code === 0;
}

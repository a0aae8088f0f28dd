import { z } from 'zod';
import {
  ABSENT,
  type Action,
  answerCodes,
  argument,
  blocked,
  type Command,
  defineResource,
  differs,
  type Finding,
  mask,
  ok,
  type PredictedEffects,
  type Prediction,
  type ProbeOptions,
  type Reader,
  Secret,
  shell,
  shellLine,
  unknown,
} from '../model/index.ts';

const words = (instead: string) => {
  const word = argument(instead);
  return z.tuple([word.min(1)], word);
};
const guard = words('pass it in `env`, to a tool that reads it there');
const path = z.string().regex(/^\/[^\0\n]*[^\0\n/]$/, 'must be an absolute path');

/** What a process reads: a Secret as it is, which other texts print as [secret]. */
const input = z
  .union([z.string(), z.instanceof(Secret)], 'expected a text or a secret')
  .refine((text) => text instanceof Secret || !text.includes('[secret]'), {
    message: 'a secret was put into a text, where it prints as [secret]: pass it by itself, or reveal() it',
  });

/** Set by trueup, or read-only in bash. */
const TAKEN = /^(PATH|BASHOPTS|BASH_VERSINFO|EUID|PPID|SHELLOPTS|UID)$/;
const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable, such as DB_PASSWORD')
  .refine(
    (name) => !TAKEN.test(name),
    'cannot be set: use another name; for PATH call the tool by its whole path',
  );
const hasNoNul = (value: string | Secret) => !revealed(value).includes('\0');

const commandSpec = z
  .strictObject({
    /** The command as its words; no shell reads them (`['sh', '-c', …]` has one read them). Without secrets. */
    run: words('pass it in `env` or as `stdin`, to a tool that reads it there'),
    /** Run it unless this command exits 0. */
    unless: guard.optional(),
    /** Run it only if this command exits 0: it must no longer do so afterwards. */
    onlyIf: guard.optional(),
    /** Run it only if this path does not exist: it must exist afterwards. */
    creates: path.optional(),
    /** What `run` reads; may be a secret. Default: nothing. */
    stdin: input.optional(),
    /** Variables of `run` and of the guards; they may be secrets. */
    env: z.record(variable, input.refine(hasNoNul, 'a variable cannot hold a NUL byte')).optional(),
    /** How it is called in output. Default: the command line, shortened. */
    name: z.string().min(1).optional(),
    /** Seconds until it is killed. Default 300. */
    limit: z.int().min(1).max(86_400).default(300),
    /** The paths that it makes appear or change, so that later steps know; left out, anything may appear. */
    changes: z.array(path).optional(),
  })
  .refine(({ unless, onlyIf, creates }) => unless || onlyIf || creates, {
    error:
      'needs `unless`, `onlyIf` or `creates`: without one, nobody can tell whether there is something to do',
  });

type CommandSpec = z.output<typeof commandSpec>;

/** The variables as the processes get them. */
function environmentOf({ env }: Pick<CommandSpec, 'env'>): Readonly<Record<string, string>> | undefined {
  return env && Object.fromEntries(Object.entries(env).map(([name, value]) => [name, revealed(value)]));
}

function revealed(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

/**
 * Ensures what no other resource can, by running a command where a look says that it is needed.
 *
 * It needs at least one of `unless`, `onlyIf` and `creates`; with several, all must ask for the run. The look is made
 * again after the run: a command after which it still asks for one has failed. So `onlyIf` shall test for the need
 * (`['test', '/etc/aliases', '-nt', '/etc/aliases.db']`), not for whether it makes sense here. The guards must only look.
 *
 * Fields: `run` (required, as words), `unless`, `onlyIf`, `creates`, `name`, `limit` (seconds, default 300), `changes`
 * (paths, for what later steps may expect), `stdin` (a text for `run`), `env` (variables of `run` and the guards). It runs as
 * root in /, with LC_ALL=C and the system folders as its PATH.
 *
 * Secrets go into `stdin` or `env`. In `run` and the guards they are refused: every user of the host can read the arguments of
 * a process.
 *
 * Every exit code of a guard is an answer but 126, 124 and those of a signal. It is blocked where the tool of `run` or of a
 * guard does not exist and no earlier step brings it. Where an earlier step will change a file that a guard names, the
 * step is unknown until then.
 *
 * @example
 * command({ run: ['restorecon', '-R', '/srv/www'], onlyIf: ['sh', '-c', 'restorecon -Rnv /srv/www | grep -q .'] })
 * @example
 * command({
 *   run: ['openssl', 'rsa', '-in', '/etc/pki/site.pem', '-passin', 'env:KEY_PASSPHRASE', '-out', '/etc/pki/site.key'],
 *   creates: '/etc/pki/site.key',
 *   env: { KEY_PASSPHRASE: secret('KEY_PASSPHRASE') },
 * })
 * @example
 * command({ run: ['newaliases'], onlyIf: ['test', '/etc/aliases', '-nt', '/etc/aliases.db'], changes: ['/etc/aliases.db'] })
 */
export const command = defineResource({
  kind: 'command',
  schema: commandSpec,
  name: nameOf,
  manages: () => [],
  read: readGuards,
  diff: (spec, state, effects) => decideCommand(spec, nameOf(spec), state, effects),
  // Also while it is unknown whether it runs: if it need not, what it makes is there already.
  effects({ creates, changes }) {
    const made = [...(creates === undefined ? [] : [creates]), ...(changes ?? [])];
    return { appears: made, changes: changes ?? [], more: changes === undefined };
  },
});

const LONGEST = 60;

/** Masked before it is cut: the mask does not know a part of a secret. */
function nameOf({ name, run }: Pick<CommandSpec, 'name' | 'run'>): string {
  const line = mask(name ?? shellLine(run).replace(/\s+/g, ' '));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function decideCommand(
  spec: CommandSpec,
  name: string,
  state: GuardState,
  effects: PredictedEffects,
): Finding {
  const guards = [spec.unless, spec.onlyIf].filter((guard) => guard !== undefined);
  const soon = guards.map((guard) => namesChanging(guard, effects)).find(Boolean);
  if (soon) return unknown(soon.step, 'it changes what the guard looks at');
  const lacking = noTool(spec.unless, state.unless, effects) ?? noTool(spec.onlyIf, state.onlyIf, effects);
  if (lacking) return lacking;
  if (state.unless === 'yes' || state.onlyIf === 'no' || state.created) return ok;
  const created = spec.creates === undefined ? undefined : effects.appears(spec.creates);
  if (created?.certain) return unknown(created.step, `it brings ${spec.creates}`);
  if (!state.runnable) {
    const coming = effects.command(spec.run[0]);
    if (!coming) return missing(spec.run[0]);
    if (!coming.certain) return unknown(coming.step, `it may bring ${spec.run[0]}`);
  }
  return differs([{ aspect: 'run', summary: `run ${name}`, actions: [runAction(spec)] }]);
}

function runAction(spec: CommandSpec): Action {
  const env = environmentOf(spec);
  return {
    exec: spec.run,
    limit: spec.limit,
    ...(spec.stdin === undefined ? {} : { stdin: revealed(spec.stdin) }),
    ...(env && { env }),
  };
}

function noTool(
  guard: Command | undefined,
  answer: GuardAnswer | undefined,
  effects: PredictedEffects,
): Finding | undefined {
  if (guard === undefined || answer !== 'tool missing') return undefined;
  const [tool] = guard;
  const soon = effects.command(tool);
  if (soon) return unknown(soon.step, `the guard needs ${tool}, which is not there yet`);
  const script = effects.pending !== undefined && SHELLS.test(tool);
  return script ? unknown(effects.pending, 'the guard needs a tool that is not there yet') : missing(tool);
}

/** A script exits 127 when any tool in it is missing: which one, nobody can tell. */
const SHELLS = /(^|\/)(ba|da|k|z)?sh$/;

function missing(tool: string): Finding {
  const what = SHELLS.test(tool) ? 'a tool that its script calls' : tool;
  return blocked(
    `the host does not have ${what}`,
    'Check the name, or add a step before this one that brings it.',
  );
}

/** A guard that says "nothing to do" now may say otherwise once the files that it names have changed. */
function namesChanging(guard: Command, effects: PredictedEffects): Prediction | undefined {
  const paths = guard.slice(1).flatMap((word) => word.match(/\/[\w@%+:,./-]*[\w@%+-]/g) ?? []);
  return paths
    .map((path) => effects.changes(path) ?? effects.appears(path))
    .find((prediction) => prediction?.certain);
}

/** What a guard said; `tool missing` is no answer yet. */
type GuardAnswer = 'yes' | 'no' | 'tool missing';

interface GuardState {
  readonly unless?: GuardAnswer;
  readonly onlyIf?: GuardAnswer;
  /** Whether the path of `creates` exists. */
  readonly created?: boolean;
  /** Whether the host has what shall be run. */
  readonly runnable: boolean;
}

const MISSING = 127;

/** Everything at once, so that it travels together. */
async function readGuards(spec: CommandSpec, host: Reader): Promise<GuardState> {
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

import { defineResource, mask, shellLine } from '../model/index.ts';
import { type CommandSpec, commandSpec } from './command/command-spec.ts';
import { decideCommand } from './command/decide.ts';
import { readGuards } from './command/read-guards.ts';

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

import {
  EscalationError,
  type Host,
  LinkLostError,
  mask,
  ProbeError,
  type TrueupError,
  UnreachableError,
} from '../model/index.ts';
import type { Exchange } from './exchange.ts';
import type { ExitStatus } from './exec.ts';
import { MOST_OUTPUT } from './frames.ts';
import { CONFINED, NOT_OURS } from './root-shell.ts';
import { isOpenFailure, type Session } from './session.ts';

/** Why an exec gave no answers: the link, the channel, or the way to root. */
export function execError(
  host: Host,
  session: Session,
  exchange: Exchange,
  failed: ExitStatus | Error,
): TrueupError {
  if (failed instanceof Error && isOpenFailure(failed)) return refusedChannel(host, failed);
  if (exchange.tooMuch) return floods(host, exchange);
  if (exchange.isStuck) return stuck(host, exchange);
  const status = failed instanceof Error ? undefined : failed;
  if (typeof status?.code === 'number' && !exchange.hasBegun) {
    return notRoot(host, status.code, mask(exchange.complaint), exchange.passwordGiven);
  }
  if (exchange.isSilent) return silentShell(host, mask(exchange.complaint));
  const signal = status?.signal ? `the shell there was ended by ${status.signal}` : undefined;
  const cause = session.failure ?? (failed instanceof Error ? failed : undefined);
  const why = signal ?? cause?.message ?? 'it was closed from the other side';
  return new LinkLostError(`${nameOf(host)}: the connection ended before the answer: ${why}`, {
    advice: 'What became of the command is not known; a new run looks again and does what is missing.',
    cause,
  });
}

/** sshd refused a further channel: nothing was run. */
export class RefusedSessionError extends UnreachableError {}

function refusedChannel(host: Host, cause: Error): RefusedSessionError {
  return new RefusedSessionError(`${nameOf(host)} refuses a further session on the connection`, {
    advice: 'Check MaxSessions in its sshd_config: one is enough, but 0 allows none.',
    cause,
  });
}

/** It printed more than is kept, and was ended. */
function floods(host: Host, { running }: Exchange): TrueupError {
  const who = running ? `the command \`${running.name}\`` : `the login shell of ${host.user}`;
  const message = `${nameOf(host)}: ${who} printed more than ${MOST_OUTPUT / 1024 / 1024} MiB, and was ended`;
  const advice = running
    ? 'See what it prints there; for a command of the playbook take one that prints less.'
    : `Its start-up files (such as .bashrc) print without end: see what \`ssh ${host.user}@${host.address} true\` prints.`;
  return new ProbeError(message, { advice });
}

/** The host's own timeout(1) should have ended it long ago. */
function stuck(host: Host, { running }: Exchange): TrueupError {
  const what = running ? `the command \`${running.name}\`` : 'a script';
  const message = `${nameOf(host)}: ${what} neither ended nor was ended at its limit`;
  const advice =
    'Something on the host is stopped or stuck, such as a disk that does not answer. What became of the command is not ' +
    'known; a new run looks again and does what is missing.';
  return new UnreachableError(message, { advice });
}

function notRoot(host: Host, code: number, complaint: string, given: boolean): TrueupError {
  const line = complaint.split('\n').at(-1) || `exit ${code}`;
  const [, what, advice] =
    (given ? [...GIVEN, ...SUDO] : SUDO).find(([pattern]) => pattern.test(complaint)) ?? [];
  if (what === undefined || advice === undefined) {
    const message = `${nameOf(host)}: the login shell of ${host.user} did not run a script as root: ${line}`;
    const check = `See what \`ssh ${host.user}@${host.address} sudo -n id\` says.`;
    return new EscalationError(message, { advice: check });
  }
  return new EscalationError(`${nameOf(host)}: ${what.replaceAll('USER', host.user)} (${line})`, {
    advice: advice.replaceAll('USER', host.user),
  });
}

function silentShell(host: Host, complaint: string): TrueupError {
  const last = complaint.split('\n').at(-1);
  const said = last ? `; the last that it said: ${last}` : '';
  const message = `${nameOf(host)}: the login shell of ${host.user} runs no script, and does not end${said}`;
  const advice =
    `Does \`ssh ${host.user}@${host.address} true\` end by itself? Its start-up files (such as .bashrc) may start another ` +
    'shell, or ask something; or sudo there waits for a server.';
  return new EscalationError(message, { advice });
}

const ALLOW = "echo 'USER ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/USER; or connect as root.";

const GIVEN: readonly [RegExp, what: string, advice: string][] = [
  [
    /incorrect password|[Aa]uthentication fail|try again/,
    'sudo refuses the password of USER',
    'It was given once and not again. Correct TRUEUP_SUDO_PASSWORD (or TRUEUP_SUDO_PASSWORD_HOST) in .env.',
  ],
  [
    /a password is required/,
    'sudo took the password of USER, but wants it for each command',
    'Its sudoers keep no ticket (timestamp_timeout=0): set Defaults:USER timestamp_timeout=5',
  ],
];

const SUDO: readonly [RegExp, what: string, advice: string][] = [
  [
    new RegExp(NOT_OURS),
    'the start-up files of USER (such as .bashrc) put another shell in the place of the login shell',
    'Let them do so on a terminal only: [ -t 0 ] || return',
  ],
  [
    new RegExp(CONFINED),
    'the login of USER would see a false state of the host',
    'Let sudo change its role (USER ALL=(ALL) ROLE=sysadm_r TYPE=sysadm_t NOPASSWD: ALL), or map the login to ' +
      'unconfined_u: semanage login -a -s unconfined_u USER',
  ],
  [
    /[Pp]assword change required|password (is|has) expired/,
    'the password of USER has expired',
    'Change it: ssh -t USER@… passwd; or let it not expire: chage -M -1 USER',
  ],
  [
    /a password is required|a terminal is required/,
    'sudo wants a password of USER',
    `Put it into .env as TRUEUP_SUDO_PASSWORD, or allow it without on the host: ${ALLOW}`,
  ],
  [/must have a tty/, 'sudo insists on a terminal', 'Add to its sudoers: Defaults:USER !requiretty'],
  [
    /not in the sudoers|not allowed to|may not run/,
    'sudo does not let USER become root',
    `Allow it on the host: ${ALLOW}`,
  ],
  [/sudo:? .*not found/, 'there is no sudo', 'Install it there, or connect as root.'],
];

function nameOf({ name, address, port }: Host): string {
  return `${name} (${address}:${port})`;
}

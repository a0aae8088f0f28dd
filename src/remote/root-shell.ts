import type { EscalationError, Secret } from '../model/index.ts';
import { Semaphore } from './semaphore.ts';

const ENVIRONMENT = 'env LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The line that any login shell understands: becomes root, if it is not yet, and runs the script whose bytes come
 * first on stdin; what follows them is the script's own stdin.
 *
 * The script is read whole before any of it runs: cut short, its closing brace is missing, and nothing runs.
 */
export function rootShellLine(scriptBytes: number): string {
  const become = `[ "$(id -u)" = 0 ] || E="sudo -n -H -- $E"`;
  return `exec /bin/sh -c 'E="${ENVIRONMENT}"; ${become}; exec $E sh -c ${reader(scriptBytes)}'`;
}

function reader(scriptBytes: number): string {
  return `"eval \\"\\$(head -c ${scriptBytes})\\"" ${NAME}`;
}

/** What the shell that reads the script is called there. */
const NAME = 'trueup';
/** Says that some other shell has got the script. */
export const NOT_OURS = 'another shell stands in its place';

/**
 * The first line of a script. Where start-up files such as .bashrc end in `exec zsh`, that shell reads it from stdin,
 * as whoever has logged in: it must run none of it.
 */
export const OURS_ALONE = `[ "$0" = ${NAME} ] || { echo '${NOT_OURS}' >&2; exit 1; }`;

/** Printed where SELinux confines the user that runs the script. */
export const CONFINED = 'SELinux confines this login';

/**
 * The second line: where SELinux enforces, only these domains see the host as it is. To any other, files and units may look
 * absent that it may not see. Starts no process.
 */
export const UNCONFINED_ALONE = `if [ -e /sys/fs/selinux/enforce ]; then
E=1 Z=
read -r E </sys/fs/selinux/enforce || :
[ "$E" = 0 ] || read -r Z </proc/self/attr/current || :
case $Z: in *:unconfined_t:* | *:sysadm_t:* | *:unconfined_service_t:* | :) ;; *) echo "${CONFINED}: $Z" >&2; exit 1 ;; esac
fi`;

/** What the line below asks for on stdout, behind its nonce. */
const ASKS = { password: 'password', script: 'script' } as const;

/**
 * The same where sudo may want a password. Nothing is to be sent before it is asked for: the password only if sudo
 * says that it wants one, and then only to sudo, once; the script when the way is free. sudo keeps its ticket for
 * the shell that it was run by, so this shell stays: `exit` is its last command because bash puts the last one into
 * its own place.
 */
export function askingRootShellLine(scriptBytes: number, nonce: string): string {
  const ask = (what: string) => `printf "\\n%s %s\\n" ${nonce} ${what}`;
  const give = `IFS= read -r p && printf "%s\\n" "$p" | LC_ALL=C sudo -S -p "" -v || exit 1`;
  const wanted = `*"password is required"* | *"terminal is required"*) ${ask(ASKS.password)}; ${give};;`;
  const probe = `m=$(LC_ALL=C $E true 2>&1 </dev/null) || case "$m" in ${wanted} *) printf "%s\\n" "$m" >&2; exit 1;; esac`;
  const become = `[ "$(id -u)" = 0 ] || { E="sudo -n -H -- $E"; ${probe}; }`;
  const run = `$E sh -c ${reader(scriptBytes)}; exit $?`;
  return `exec /bin/sh -c 'E="${ENVIRONMENT}"; ${become}; ${ask(ASKS.script)}; ${run}'`;
}

/** Characters behind which a question can no longer have begun. */
const LONGEST = 1024;

/** Reads what an asking root shell wants, once each, out of its stdout. */
export class SudoPrompt {
  readonly #nonce: string;
  readonly #answers: Readonly<Record<keyof typeof ASKS, () => void>>;
  readonly #given = new Set<string>();
  #seen = '';

  constructor(nonce: string, answers: Readonly<Record<keyof typeof ASKS, () => void>>) {
    this.#nonce = nonce;
    this.#answers = answers;
  }

  /** The password was asked for and given. */
  get passwordGiven(): boolean {
    return this.#given.has(ASKS.password);
  }

  push(chunk: Buffer): void {
    if (this.#given.has(ASKS.script)) return;
    this.#seen += chunk.toString('latin1');
    for (const what of [ASKS.password, ASKS.script]) {
      if (this.#given.has(what) || !this.#seen.includes(`\n${this.#nonce} ${what}\n`)) continue;
      this.#given.add(what);
      this.#answers[what]();
    }
    this.#seen = this.#seen.slice(-LONGEST);
  }
}

/** The password for sudo on one host. A wrong one is given once: several tries lock accounts. */
export class SudoPassword {
  readonly secret: Secret;
  readonly #turn = new Semaphore(1);
  #proved = false;
  #refusal: EscalationError | undefined;

  constructor(secret: Secret) {
    this.secret = secret;
  }

  /** Starts it; while nobody has become root yet, only when all before it have, or could not for another reason. */
  async admit<T>(begun: Promise<unknown>, start: () => Promise<T>): Promise<T> {
    if (this.#proved) return start();
    const { running } = await this.#turn.use(async () => {
      if (this.#refusal) throw this.#refusal;
      const running = start();
      const proved = begun.then(() => {
        this.#proved = true;
      });
      await Promise.race([proved, running]);
      return { running };
    });
    return running;
  }

  /** Nothing starts after this. */
  refuse(error: EscalationError): void {
    this.#refusal = error;
  }
}

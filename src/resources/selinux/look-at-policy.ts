import { ProbeError, type Reader, shell } from '../../model/index.ts';

/** What a look at the host's policy printed, by section. */
export interface PolicyLook {
  /** The folder with what was changed locally, such as /var/lib/selinux/targeted/active. */
  readonly store: string;
  /** The lines of a section; undefined if the script did not print it. */
  section(name: string): readonly string[] | undefined;
}

/**
 * Shell code that ends the look where SELinux is disabled, and otherwise sets `store`. EL 7 keeps the store below /etc, older
 * hosts in `modules`. As the store is 0700, an unreadable one must not pass for one without local changes. `unknown_type` asks
 * the kernel, which refuses a context whose type its policy does not have; a type that every policy has shows that it answers.
 */
const STORE = `export LC_ALL=C
[ -e /sys/fs/selinux/enforce ] || { echo '== disabled'; echo '== end'; exit 0; }
kind=targeted
while read -r line || [ -n "$line" ]; do
  case $line in SELINUXTYPE=*) kind=\${line#*=} ;; esac
done </etc/selinux/config || exit
for store in "/var/lib/selinux/$kind/active" "/etc/selinux/$kind/active" "/etc/selinux/$kind/modules/active" ''; do
  [ -d "$store" ] && break
done
[ -r "$store" ] && [ -x "$store" ] || { echo "the policy store of $kind cannot be read" >&2; exit 1; }
printf '== store\\n%s\\n' "$store"
local_file() {
  [ -e "$1" ] || return 0
  cat "$1" || exit
}
lacks() { command -v "$1" >/dev/null || echo "== no $1"; }
knows() { { printf 'system_u:object_r:%s:s0' "$1" >/sys/fs/selinux/context; } 2>/dev/null; }
unknown_type() { ! knows unlabeled_t || knows "$1" || echo '== unknown type'; }
`;

/**
 * Runs a script that prints sections, each below a line `== NAME`; undefined where SELinux is disabled.
 * The script finds `$store` set, and may use `local_file`, `lacks` and `unknown_type`.
 */
export async function lookAtPolicy(
  host: Reader,
  script: string,
  ...args: string[]
): Promise<PolicyLook | undefined> {
  const { stdout } = await host.probe(shell(`${STORE}${script}\necho '== end'`, ...args));
  const sections = stdout.split(/^== /m).slice(1).map(sectionOf);
  if (sections.at(-1)?.name !== 'end')
    throw new ProbeError('incomplete output from the look at the SELinux policy');
  const section = (name: string) => sections.find((one) => one.name === name)?.lines;
  if (section('disabled')) return undefined;
  const store = section('store')?.[0];
  if (store === undefined)
    throw new ProbeError('the look at the SELinux policy did not name the policy store');
  return { store, section };
}

function sectionOf(text: string): { name: string; lines: string[] } {
  const [name = '', ...lines] = text.split('\n');
  return { name, lines: lines.filter((line) => line !== '' && !line.startsWith('#')) };
}

import { z } from 'zod';
import {
  blocked,
  type Finding,
  type PredictedEffects,
  type Prediction,
  ProbeError,
  type Reader,
  shell,
  skipped,
  unknown,
} from '../../model/index.ts';

/** Where SELinux is disabled: false skips the step, true blocks it. */
export const requiredField = z.boolean().default(false);

/** A type of the policy. */
export const typeField = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.]*$/, 'expected the name of an SELinux type, such as http_port_t');

/** What a look at the host's policy printed, by section. */
interface PolicyLook {
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

const DISABLED = 'SELinux is disabled on the host';

/** The finding of a step on a host without SELinux. */
export function whereDisabled({ required }: { readonly required: boolean }): Finding {
  if (!required) return skipped(DISABLED);
  return blocked(
    `${DISABLED}, and the step says \`required: true\``,
    "Enable SELinux with selinuxMode({ mode: 'permissive' }), reboot the host and apply again.",
  );
}

/** The earlier step that may add what the policy lacks: a policy module, or a package with one. */
export function mayExtendPolicy(effects: PredictedEffects, store: string): Prediction | undefined {
  return effects.below(`${store}/modules`) ?? effects.below('/usr/share/selinux');
}

/** Where the policy does not know a type. */
export function unknownType(type: string, store: string, effects: PredictedEffects): Finding {
  const soon = mayExtendPolicy(effects, store);
  if (soon) return unknown(soon.step, `it may bring the type ${type}`);
  return blocked(
    `the policy has no type ${type}`,
    'Check the name. If a policy module defines the type, put the selinuxModule or yumPackage step before this one.',
  );
}

const PACKAGES = {
  semanage: 'policycoreutils-python-utils (EL 7: policycoreutils-python)',
  setsebool: 'policycoreutils',
  semodule: 'policycoreutils',
  setenforce: 'libselinux-utils',
  restorecon: 'policycoreutils',
  checkmodule: 'checkpolicy',
  semodule_package: 'policycoreutils',
};

/** Where a tool is missing on the host; undefined if an earlier step certainly brings it. */
export function missingTool(tool: keyof typeof PACKAGES, effects: PredictedEffects): Finding | undefined {
  const soon = effects.command(tool);
  if (soon?.certain) return undefined;
  if (soon) return unknown(soon.step, `it may bring ${tool}`);
  return blocked(`${tool} is missing on the host`, `Install it with a yumPackage step: ${PACKAGES[tool]}.`);
}

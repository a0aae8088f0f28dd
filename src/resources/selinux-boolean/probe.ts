import { ProbeError, type Reader } from '../../model/index.ts';
import { lookAtPolicy } from '../selinux/look-at-policy.ts';

export interface BooleanState {
  /** In force; undefined if the running policy has no such boolean. */
  readonly running: boolean | undefined;
  /** As `setsebool -P` saved it; undefined without such a line. */
  readonly saved: boolean | undefined;
}

export interface BooleansState {
  readonly store: string;
  readonly booleans: ReadonlyMap<string, BooleanState>;
  /** Of the policy; only listed where a boolean is missing. */
  readonly names: readonly string[];
  readonly hasSetsebool: boolean;
}

/** A file of selinuxfs holds the value in force and the pending one, without a newline: `read` fails, but reads them. */
const LOOK = `echo '== running'
missing=
for name do
  file=/sys/fs/selinux/booleans/$name now= next=
  if [ -e "$file" ]; then
    read -r now next <"$file"
    case $now in [01]) ;; *) echo "$file cannot be read" >&2; exit 1 ;; esac
  else missing=yes
  fi
  echo "$name $now"
done
echo '== saved'
local_file "$store/booleans.local"
if [ -n "$missing" ]; then
  echo '== names'
  cd /sys/fs/selinux/booleans && printf '%s\\n' *
fi
lacks setsebool`;

/** Undefined where SELinux is disabled. */
export async function readBooleans(
  names: readonly string[],
  host: Reader,
): Promise<BooleansState | undefined> {
  const look = await lookAtPolicy(host, LOOK, ...names);
  if (!look) return undefined;
  const running = valuesIn(look.section('running'), ' ');
  const saved = valuesIn(look.section('saved'), '=');
  const missing = names.find((name) => !running.has(name));
  if (missing !== undefined) throw new ProbeError(`cannot determine the SELinux boolean ${missing}`);
  return {
    store: look.store,
    booleans: new Map(names.map((name) => [name, { running: running.get(name), saved: saved.get(name) }])),
    names: look.section('names') ?? [],
    hasSetsebool: look.section('no setsebool') === undefined,
  };
}

/** Lines `NAME 1` of the look, or `NAME=1` of booleans.local, where older tools wrote `true`. */
function valuesIn(lines: readonly string[] = [], separator: string): Map<string, boolean | undefined> {
  const words = lines.map((line) => line.split(separator).map((word) => word.trim()));
  return new Map(words.map(([name = '', value]) => [name, VALUES.get(value ?? '')]));
}

const VALUES = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

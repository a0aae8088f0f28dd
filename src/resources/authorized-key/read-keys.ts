import { LABEL_FUNCTIONS, ProbeError, type Reader, relabelling, shell, typeOf } from '../../model/index.ts';

export interface Standing {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: string;
  readonly uid: number;
  readonly links: number;
  /** `device:inode`. */
  readonly inode: string;
}

/** How the keys of a user stand; `undefined`: there is none. */
export interface KeyState {
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
  readonly homeFolder: Standing | undefined;
  readonly folder: Standing | undefined;
  readonly file: Standing | undefined;
  /** Undefined where it is longer than any such file, or no text. */
  readonly text: string | undefined;
  /** Undefined where SELinux is disabled. */
  readonly labels?: KeyLabels | undefined;
}

/** Where the home is, only the host can tell: one script, so that it takes one round trip. */
const LOOK = `export LC_ALL=C
${LABEL_FUNCTIONS}
entry=$(getent passwd "$1")
case $? in 0) ;; 2) echo none; exit 0 ;; *) exit 1 ;; esac
printf '%s\\n' "$entry"
home=$(printf '%s\\n' "$entry" | cut -d: -f6)
look() {
  if said=$(stat $2 -c '%a %u %h %d:%i %F' -- "$1" 2>&1); then printf '%s\\n' "$said"; return; fi
  case $said in
  *': No such file or directory' | *': Not a directory') echo absent ;;
  *) printf '%s\\n' "$said" >&2; exit 1 ;;
  esac
}
look "$home" -L
look "$home/.ssh"
look "$home/.ssh/authorized_keys"
file=$home/.ssh/authorized_keys
if [ -f "$file" ] && [ ! -L "$file" ]; then head -c 1048577 -- "$file" | base64 -w 0; fi
echo
if selinux_on; then
  real=$(cd -P -- "$home" 2>/dev/null && pwd) || real=$home
  keys=$real/.ssh/authorized_keys
  policy=$(matchpathcon -n -m file "$keys") || exit
  set --
  for path in "$real/.ssh" "$keys"; do
    if [ -e "$path" ] && [ ! -L "$path" ]; then set -- "$@" "$path"; fi
  done
  said=
  if [ $# != 0 ]; then said=$(restorecon -nv -- "$@" 2>&1) || { printf '%s\\n' "$said" >&2; exit 1; }; fi
  read -r enforce </sys/fs/selinux/enforce || :
  printf '%s %s ' "$enforce" "$policy"; printf '%s\\n%s' "$real" "$said" | base64 -w 0
fi
echo
echo end`;

export async function readKeys(user: string, host: Reader): Promise<KeyState | undefined> {
  const { stdout } = await host.probe(shell(LOOK, user));
  if (stdout === 'none\n') return undefined;
  const [entry = '', homeFolder, folder, file, content = '', labels = '', end] = stdout.split('\n');
  const [, , uid, gid, , home = ''] = entry.split(':');
  if (end !== 'end') throw new ProbeError(`the keys of ${user} gave no whole answer`);
  const bytes = Buffer.from(content, 'base64');
  return {
    home,
    uid: Number(uid),
    gid: Number(gid),
    homeFolder: standing(homeFolder),
    folder: standing(folder),
    file: standing(file),
    text: textOf(bytes),
    labels: labels === '' ? undefined : parseLabels(labels),
  };
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  return bytes.length <= 1_048_576 && Buffer.from(text).equals(bytes) ? text : undefined;
}

const TYPES: Readonly<Record<string, Standing['type']>> = {
  'regular file': 'file',
  'regular empty file': 'file',
  directory: 'directory',
  'symbolic link': 'symlink',
};

function standing(line = ''): Standing | undefined {
  if (line === 'absent') return undefined;
  const [, mode = '', uid, links, inode = '', type = ''] =
    /^(\d+) (\d+) (\d+) (\d+:\d+) (.+)$/.exec(line) ?? [];
  if (mode === '') throw new ProbeError(`no answer of stat that can be read: ${line}`);
  return {
    type: TYPES[type] ?? 'other',
    mode: mode.padStart(4, '0'),
    uid: Number(uid),
    links: Number(links),
    inode,
  };
}

/** The SELinux labels of .ssh and authorized_keys. */
interface KeyLabels {
  readonly enforcing: boolean;
  /** The type that the policy has for authorized_keys. */
  readonly policy: string;
  /** Labels that differ from the policy, for people. */
  readonly differ: readonly string[];
}

/** Reads `ENFORCE CONTEXT BASE64`, the latter the real home and what restorecon said. */
function parseLabels(line: string): KeyLabels {
  const [enforce, policy, packed] = line.split(' ');
  if (policy === undefined || packed === undefined)
    throw new ProbeError(`incomplete output about SELinux labels: ${line}`);
  const [home = '', ...said] = Buffer.from(packed, 'base64').toString().split('\n');
  const differ = ['.ssh', '.ssh/authorized_keys'].flatMap((name) => {
    const found = relabelling(`${home}/${name}`, said.join('\n'));
    return found
      ? [`${name.replace('.ssh/', '')}: label ${typeOf(found.context)} → ${typeOf(found.expected)}`]
      : [];
  });
  return { enforcing: enforce === '1', policy: typeOf(policy), differ };
}

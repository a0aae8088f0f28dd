import { type FileState, ProbeError, type Reader, shell } from '../../model/index.ts';
import { MODES, type Mode } from './spec.ts';

export const CONFIG = '/etc/selinux/config';

export interface ModeState {
  readonly running: Mode;
  /** Undefined where the file does not say. */
  readonly saved: Mode | undefined;
  readonly config: FileState;
  /** SELINUXTYPE of the file. */
  readonly policy: string;
  readonly hasPolicy: boolean;
  /** The host relabels all files when it boots. */
  readonly relabels: boolean;
  /** Words of the kernel's command line that override the file. */
  readonly kernelWords: readonly string[];
  readonly hasSetenforce: boolean;
}

/** Also for hosts without SELinux: the kernel words come from a file without forks, as all of it. */
const LOOK = `now=disabled
if [ -e /sys/fs/selinux/enforce ]; then
  now=
  read -r now </sys/fs/selinux/enforce
fi
case $now in 1) echo enforcing ;; 0) echo permissive ;; disabled) echo disabled ;; *) exit 1 ;; esac
words=
read -r words </proc/cmdline || [ -n "$words" ] || exit
for word in $words; do
  case $word in selinux=[01] | enforcing=[01]) echo "word $word" ;; esac
done
kind=targeted
if [ -e ${CONFIG} ]; then
  while read -r line || [ -n "$line" ]; do
    case $line in SELINUXTYPE=*) kind=\${line#*=} ;; esac
  done <${CONFIG} || exit
fi
echo "policy $kind"
for file in "/etc/selinux/$kind/policy"/policy.*; do
  [ ! -e "$file" ] || echo 'has policy'
done
[ ! -e /.autorelabel ] || echo relabels
command -v setenforce >/dev/null && echo 'has setenforce'
echo end`;

export async function readMode(host: Reader): Promise<ModeState> {
  const [{ stdout }, config] = await Promise.all([
    host.probe(shell(LOOK)),
    host.file(CONFIG, { contentUnless: '' }),
  ]);
  const [first = '', ...lines] = stdout.trim().split('\n');
  const running = MODES.find((mode) => mode === first);
  if (!running || lines.at(-1) !== 'end')
    throw new ProbeError('incomplete output from the look at the SELinux mode');
  const after = (head: string) =>
    lines.flatMap((line) => (line.startsWith(head) ? [line.slice(head.length)] : []));
  return {
    running,
    saved: savedMode(config),
    config,
    policy: after('policy ')[0] ?? '',
    hasPolicy: lines.includes('has policy'),
    relabels: lines.includes('relabels'),
    kernelWords: after('word '),
    hasSetenforce: lines.includes('has setenforce'),
  };
}

/** The first line decides, in letters of any case. */
function savedMode(config: FileState): Mode | undefined {
  if (!config.exists || config.type !== 'file') return undefined;
  if (!config.content) throw new ProbeError(`${CONFIG} is too large to be read`);
  const [, saved = ''] = /^SELINUX=[ \t]*(\w+)/m.exec(config.content.toString()) ?? [];
  return MODES.find((mode) => mode === saved.toLowerCase());
}

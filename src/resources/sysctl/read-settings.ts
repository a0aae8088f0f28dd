import { createHash } from 'node:crypto';
import { ABSENT, type FileState, LISTABLE, ProbeError, type Reader, shell } from '../../model/index.ts';

/** The file of a step as it shall be. */
export function contentOf(settings: readonly Setting[]): string {
  const lines = settings.map(({ key, value }) => `${key} = ${value}\n`);
  return `# trueup writes this file as a whole; see sysctl.d(5).\n${lines.join('')}`;
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** One kernel parameter with the value that it shall have. */
export interface Setting {
  /** With dots, as in `net.ipv4.ip_forward`; a dot within a part is written as a slash. */
  readonly key: string;
  /** Below /proc/sys. */
  readonly path: string;
  readonly value: string;
}

export function setting(key: string, value: string | number): Setting {
  const path = pathOf(key);
  return { key: keyOf(path), path, value: normalise(String(value)) };
}

/** The first separator decides: `net.ipv4.conf.eth0/100.x` and `net/ipv4/conf/eth0.100/x` are the same. */
export function pathOf(key: string): string {
  return /^[^./]*\//.test(key) ? key : swap(key);
}

function keyOf(path: string): string {
  return swap(path);
}

function swap(text: string): string {
  return text.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** The kernel separates numbers by tabs, people by spaces. */
export function normalise(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}

/** A file of settings that the host reads at boot. */
export interface BootFile {
  readonly path: string;
  /** `key = value` lines. */
  readonly lines: readonly string[];
}

/** `unreadable`: it can only be written. */
type Running = { readonly value: string } | 'missing' | 'unreadable';

export interface SysctlState {
  /** By path below /proc/sys. */
  readonly running: ReadonlyMap<string, Running>;
  readonly file: FileState;
  readonly bootFiles: readonly BootFile[];
}

/** A key that may be read, and cannot be, is no key that can only be written: then cat says why. */
const LOOK = `
export LC_ALL=C
${ABSENT}
${LISTABLE}
for path do
  printf '== key %s\\n' "$path"
  key=/proc/sys/$path
  if [ ! -f "$key" ]; then
    [ -e "$key" ] || absent "$key"
    echo missing
  elif value=$(cat "$key" 2>&1); then printf 'value %s\\n' "$value"
  else case $(stat -c %A "$key") in ?r*) printf '%s\\n' "$value" >&2; exit 2 ;; *) echo unreadable ;; esac
  fi
done
for folder in /usr/lib /usr/local/lib /run /etc; do
  [ ! -d "$folder/sysctl.d" ] || listable "$folder/sysctl.d"
done
for file in /usr/lib/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /run/sysctl.d/*.conf /etc/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -f "$file" ] || continue
  printf '== file %s\\n' "$file"
  sed -n '/^[[:space:]]*[#;]/d; /=/p' "$file" || exit 2
done
echo '== end'`;

/** The running values, our file, and the other files that are read at boot. */
export async function readSettings(
  settings: readonly Setting[],
  { path, content }: { path: string; content: string },
  host: Reader,
): Promise<SysctlState> {
  const contentUnless = sha256(content);
  const [output, file] = await Promise.all([
    host.probe(shell(LOOK, ...settings.map((one) => one.path))),
    host.file(path, { contentUnless }),
  ]);
  const sections = output.stdout.split(/^== /m).slice(1);
  if (sections.at(-1)?.trim() !== 'end') throw new ProbeError('/proc/sys gave no whole answer');
  return { running: runningIn(sections), file, bootFiles: bootFilesIn(sections) };
}

function runningIn(sections: readonly string[]): SysctlState['running'] {
  return new Map(sections.filter((section) => section.startsWith('key ')).map(entryOf));
}

function entryOf(section: string): [path: string, now: Running] {
  const [head = '', ...lines] = section.split('\n');
  const path = head.slice('key '.length);
  const text = lines.join('\n').trim();
  if (text === 'missing' || text === 'unreadable') return [path, text];
  return [path, { value: normalise(text.replace(/^value ?/, '')) }];
}

function bootFilesIn(sections: readonly string[]): BootFile[] {
  return sections
    .filter((section) => section.startsWith('file '))
    .map((section) => {
      const [head = '', ...lines] = section.split('\n');
      return { path: head.slice('file '.length), lines: lines.filter((line) => line !== '') };
    });
}

import { ABSENT, type Facts, ProbeError, type Reader, shell } from '../model/index.ts';

/** What the host says of itself; a tool that it does not have leaves its part empty, one that is refused fails it. */
export async function readFacts(host: Reader): Promise<Facts> {
  const { stdout } = await host.probe(shell(QUESTIONS));
  return parseFacts(stdout);
}

/** The kernel shows SELinux's files unless it is disabled; they do not end in a newline, so `read` fails on them. */
const QUESTIONS = `
${ABSENT}
has() { command -v "$1" >/dev/null; }
exists() { [ -e "$1" ] || ! absent "$1"; }
show() { ! exists "$1" || cat -- "$1" || exit 2; }
line() { line=; read -r line <"$1" || [ -n "$line" ] || exit 2; }
echo '[release]'
if exists /etc/os-release; then show /etc/os-release; else show /usr/lib/os-release; fi
echo '[uname]'
if has uname; then uname -n; uname -r; uname -m; fi
echo '[cpus]'
if has nproc; then nproc; else grep -c ^processor /proc/cpuinfo; fi
echo '[memory]'
grep ^MemTotal: /proc/meminfo
echo '[selinux]'
if exists /sys/fs/selinux/enforce; then
  line /sys/fs/selinux/enforce
  echo "mode=$line"
  line /sys/fs/selinux/policyvers
  echo "version=$line"
  show /etc/selinux/config
else echo mode=disabled
fi
echo '[addresses]'
if has ip; then ip -o addr show || exit 2; fi
exit 0`;

/** Reads the answer to the questions above. */
export function parseFacts(text: string): Facts {
  const sections = sectionsOf(text);
  const [hostname = '', kernel = '', architecture = ''] = sections.get('uname') ?? [];
  const release = assignments(sections.get('release') ?? []);
  return {
    hostname,
    os: release.get('ID') ?? '',
    osVersion: release.get('VERSION_ID') ?? '',
    osName: release.get('PRETTY_NAME') ?? '',
    kernel,
    architecture,
    cpus: Number(sections.get('cpus')?.[0] ?? 0),
    memoryMiB: Math.floor(Number(/\d+/.exec(sections.get('memory')?.[0] ?? '')?.[0] ?? 0) / 1024),
    addresses: addressesOf(sections.get('addresses') ?? []),
    ...selinuxOf(assignments(sections.get('selinux') ?? [])),
  };
}

function sectionsOf(text: string): Map<string, string[]> {
  const [, ...parts] = text.split(/^\[(\w+)\]\n/m);
  const names = parts.filter((_, index) => index % 2 === 0);
  return new Map(
    names.map((name, index) => [name, (parts[index * 2 + 1] ?? '').split('\n').filter(Boolean)]),
  );
}

/** As in os-release(5): values may be quoted. */
function assignments(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')]];
    }),
  );
}

function addressesOf(lines: readonly string[]): Record<string, string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of lines) {
    const [, device = '', address] = /^\d+:\s+(\S+)\s+inet6?\s+(\S+)/.exec(line) ?? [];
    if (address !== undefined) addresses.set(device, [...(addresses.get(device) ?? []), address]);
  }
  return Object.fromEntries(addresses);
}

const MODES = new Map([
  ['1', 'enforcing'],
  ['0', 'permissive'],
  ['disabled', 'disabled'],
] as const);

function selinuxOf(said: ReadonlyMap<string, string>): Partial<Facts> & Pick<Facts, 'selinux'> {
  const selinux = MODES.get(said.get('mode') as '1');
  if (selinux === undefined) throw new ProbeError('cannot determine the mode of SELinux');
  const policy = said.get('SELINUXTYPE')?.trim();
  const version = Number(said.get('version'));
  return {
    selinux,
    ...(policy ? { selinuxPolicy: policy } : {}),
    ...(version > 0 ? { selinuxVersion: version } : {}),
  };
}

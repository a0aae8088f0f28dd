import { type Facts, type Reader, shell } from '../model/index.ts';

/** What the host says of itself; a tool that it does not have leaves its part empty. */
export async function readFacts(host: Reader): Promise<Facts> {
  const { stdout } = await host.probe(shell(QUESTIONS));
  return parseFacts(stdout);
}

const QUESTIONS = `
exec 2>/dev/null
echo '[release]'; cat /etc/os-release || cat /usr/lib/os-release
echo '[uname]'; uname -n; uname -r; uname -m
echo '[cpus]'; nproc || grep -c ^processor /proc/cpuinfo
echo '[memory]'; grep ^MemTotal: /proc/meminfo
echo '[selinux]'; getenforce || cat /sys/fs/selinux/enforce
echo '[addresses]'; ip -o addr show
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
    selinux: selinuxOf(sections.get('selinux')?.[0]),
  };
}

function sectionsOf(text: string): Map<string, string[]> {
  const [, ...parts] = text.split(/^\[(\w+)\]\n/m);
  const names = parts.filter((_, index) => index % 2 === 0);
  return new Map(
    names.map((name, index) => [name, (parts[index * 2 + 1] ?? '').split('\n').filter(Boolean)]),
  );
}

/** os-release(5): values may stand in quotes. */
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

function selinuxOf(mode: string | undefined): Facts['selinux'] {
  if (mode === 'Enforcing' || mode === '1') return 'enforcing';
  return mode === 'Permissive' || mode === '0' ? 'permissive' : 'disabled';
}

import { join } from 'node:path';
import { unknown } from './unknown.ts';

export const STATE = '/var/lib/trueup-lab';
export const CACHE = '/var/cache/trueup-lab';
export const DEFAULT_NET = '10.61.0.0/24';

/** The hosts of a lab and the last part of their addresses. 1 is the laptop, 50 and 60 are kept for virtual addresses. */
const ROSTER: Readonly<Record<string, number>> = {
  'lb-01': 11,
  'lb-02': 12,
  'lvs-01': 21,
  'lvs-02': 22,
  'nginx-01': 61,
  'nginx-02': 62,
};

/** Those that need what the kernel of this machine may not have, so they have one of their own. */
export const DIRECTORS: readonly string[] = ['lvs-01', 'lvs-02'];

/** One lab: everything that it has on this machine carries its number, so that two labs never meet. */
export interface Net {
  cidr: string;
  number: number;
  /** The address of this machine in the lab. */
  gateway: string;
  bridge: string;
  /** Name of the control group above those of the hosts, in every hierarchy. */
  cgroup: string;
  /** Folder with all that the lab keeps. */
  state: string;
  hosts: readonly Host[];
}

export interface Host {
  name: string;
  address: string;
  hostname: string;
  /** Whether it has a Linux kernel of its own, or shares this machine's. */
  ownKernel: boolean;
  /** What systemd-nspawn calls it. */
  machine: string;
  /** This machine's end of its network cable. */
  link: string;
  cgroup: string;
  /** Folder of its disk. */
  folder: string;
  /** Where its disk is mounted. */
  root: string;
  /** Folder of its host key, which outlives the disk. */
  keys: string;
  /** The file that knows the host keys of its lab. */
  knownHosts: string;
}

/** The lab of a net. Interface names hold 15 characters at most, so one number has to tell labs apart. */
export function labNet(cidr: string): Net {
  const number = Number(/^10\.(\d{1,3})\.0\.0\/24$/.exec(cidr)?.[1] ?? Number.NaN);
  if (!(number <= 255)) throw new Error(`a lab net is 10.N.0.0/24, not '${cidr}'`);
  const state = join(STATE, cidr.replace('/', '-'));
  const cgroup = `trueup-lab-${number}`;
  const hosts = Object.keys(ROSTER).map((name) => labHost(name, { number, state, cgroup }));
  return { cidr, number, gateway: `10.${number}.0.1`, bridge: `lab${number}`, cgroup, state, hosts };
}

function labHost(name: string, { number, state, cgroup }: Pick<Net, 'number' | 'state' | 'cgroup'>): Host {
  const machine = `${name}-${number}`;
  const folder = join(state, 'hosts', name);
  return {
    name,
    address: `10.${number}.0.${ROSTER[name]}`,
    hostname: `${name}.example.test`,
    ownKernel: DIRECTORS.includes(name),
    machine,
    link: `vb-${machine}`,
    cgroup: join(cgroup, name),
    folder,
    root: join(folder, 'root'),
    keys: join(state, 'keys', name),
    knownHosts: join(state, 'known_hosts'),
  };
}

/** A mistake of whoever gave the command. */
export class Misuse extends Error {}

/** The hosts of these names, without names all that share this machine's kernel; an unknown name is an error that lists the known ones. */
export function pick(net: Net, names: readonly string[] = []): Host[] {
  const known = net.hosts.map((host) => host.name);
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw new Misuse(unknown('host', stray, known));
  return net.hosts.filter((host) => (names.length === 0 ? !host.ownKernel : names.includes(host.name)));
}

export function pickOne(net: Net, name: string): Host {
  return pick(net, [name])[0] as Host;
}

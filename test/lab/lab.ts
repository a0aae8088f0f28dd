import { join } from 'node:path';
import { rebootHost } from './boot-host.ts';
import type { ExecOptions, Outcome } from './exec.ts';
import { cause, FAULTS, type FaultKind, mendAll } from './faults/index.ts';
import { CLIENT_KEY, knownHosts } from './keys.ts';
import type { Kind } from './kind.ts';
import { down, type HostStatus, reset, status, up } from './lifecycle.ts';
import { locked } from './lock.ts';
import { runInside } from './machine.ts';
import { DEFAULT_NET, labNet, pick, pickOne } from './names.ts';
import { ensureTools } from './prerequisites.ts';
import { sudoPassword } from './stock.ts';

/**
 * Real hosts to test against: systemd-nspawn machines which look and work like CentOS Stream 9.
 * Every method waits for other lab commands on the same net, and copes with what a crash has left behind.
 */
export interface Lab {
  /** Such as 10.61.0.0/24. */
  readonly net: string;
  /** Addresses by host name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Path of the private key that root of every host lets in. */
  readonly key: string;
  /** Path of a known_hosts file with the keys of all hosts. */
  readonly knownHosts: string;
  /** Path of a file with the sudo password of `deploy` on stock hosts; it is there once one was made. */
  readonly sudoPassword: string;
  /**
   * Start the hosts (without names all but the directors) that do not run; returns when they have booted and sshd greets.
   * Takes every fault back. With a kind, one that is there already and is of another kind is an error.
   */
  up(names?: readonly string[], kind?: Kind): Promise<void>;
  /** Stop all hosts and leave nothing on this machine but the keys and the cached root. */
  down(): Promise<void>;
  /** Make hosts as they were before anybody touched them, with their host keys; returns when they have booted. */
  reset(names: readonly string[], kind?: Kind): Promise<void>;
  /** Reboot a host the orderly way; returns when it has booted again. */
  reboot(name: string): Promise<void>;
  /**
   * Disturb a host from outside; `npm run lab` lists what each kind does, and the argument it takes.
   * Returns how to take it back; `mend`, `up` and `down` do so too.
   */
  fault(kind: FaultKind, name: string, argument?: string | number): Promise<() => Promise<void>>;
  /** Take every fault of these hosts (all without names) back; one that lost its power boots. */
  mend(names?: readonly string[]): Promise<void>;
  /** How each host stands. */
  status(): Promise<HostStatus[]>;
  /**
   * Run a shell command in a host as root, not through sshd: it works with the network cut or sshd broken too.
   * `code` is null where the deadline (`seconds`, default 60) has ended it.
   */
  run(name: string, command: string, options?: ExecOptions): Promise<Outcome>;
  /** Path of the host's mounted disk on this machine; with SELinux it is an image, and mounted nowhere. */
  rootOf(name: string): string;
}

/** The lab of a net, running or not; nothing happens before the first call. */
export function openLab(cidr: string = DEFAULT_NET, say: (line: string) => void = () => {}): Lab {
  const net = labNet(cidr);
  const alone = async (work: () => Promise<void>) => {
    await ensureTools(say);
    await locked(join(net.state, 'lock'), say, work);
  };
  return {
    net: net.cidr,
    hosts: Object.fromEntries(net.hosts.map(({ name, address }) => [name, address])),
    key: CLIENT_KEY,
    knownHosts: knownHosts(net),
    sudoPassword: sudoPassword(net),
    up: (names, kind) => alone(() => up(net, pick(net, names), say, kind)),
    down: () => alone(() => down(net)),
    reset: (names, kind) => alone(() => reset(net, pick(net, names), say, kind)),
    reboot: (name) => alone(() => rebootHost(pickOne(net, name))),
    fault: async (kind, name, argument = '') => {
      const target = { net, host: pickOne(net, name) };
      await alone(() => cause(kind, target, `${argument}`));
      return () => alone(() => FAULTS[kind].mend(target));
    },
    mend: (names) =>
      alone(async () => {
        const hosts = names && names.length > 0 ? pick(net, names) : net.hosts;
        await Promise.all(hosts.map((host) => mendAll({ net, host })));
      }),
    status: () => Promise.all(net.hosts.map((host) => status(net, host))),
    run: (name, command, options) => runInside(pickOne(net, name), command, options),
    rootOf: (name) => pickOne(net, name).root,
  };
}

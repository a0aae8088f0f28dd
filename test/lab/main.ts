import { type FaultKind, misuse, usageOfFaults } from './faults/index.ts';
import { writeInventory } from './inventory.ts';
import type { Kind } from './kind.ts';
import { refreshKnownHosts } from './known-hosts.ts';
import { type Lab, openLab } from './lab.ts';
import type { HostStatus } from './lifecycle.ts';
import { DEFAULT_NET, DIRECTORS, labNet, Misuse, pick } from './names.ts';
import { ssh } from './ssh.ts';
import { unknown } from './unknown.ts';

const USAGE = `npm run lab -- COMMAND

  up [--stock|--selinux] [--ipvs] [HOST…]
                                start the lab, or some of its hosts; builds what they need the first time
  down                          stop everything and leave nothing but the keys and the cache
  status                        how each host stands
  ssh HOST [COMMAND]            log in as root, on a stock host as deploy
  reset [--stock|--selinux] HOST…
                                make hosts as new; their host keys stay
  reboot HOST
  fault KIND HOST [ARGUMENT]    disturb a host from outside
  mend [HOST…]                  take all faults back

--ipvs: two directors come along, ${DIRECTORS.join(' and ')}, with a kernel of their own that has IPVS.
--stock: firewalld runs with EL's defaults, root may not log in, deploy may, and has a sudo password.
--selinux: SELinux enforces a policy like EL's, on a kernel of the host's own; booting takes longer.

up, reset and mend put the keys of the lab's hosts into .trueup/known_hosts, in place of stale ones.

Kinds of faults:
${usageOfFaults()}

TRUEUP_LAB_NET=10.N.0.0/24 (${DEFAULT_NET}) chooses the lab: each net is one of its own,
with an inventory that up writes and names.
`;

async function main([verb = '', ...args]: string[]): Promise<number> {
  const lab = openLab(process.env.TRUEUP_LAB_NET, (line) => console.error(line));
  const command = COMMANDS[verb];
  if (command === undefined && verb !== '') console.error(unknown('command', verb, Object.keys(COMMANDS)));
  if (command === undefined) return misused(USAGE);
  return command(lab, args);
}

const COMMANDS: Readonly<Record<string, (lab: Lab, args: string[]) => Promise<number>>> = {
  up: async (lab, args) => {
    const { names, kind } = newHosts(args);
    await lab.up(names, kind);
    await refreshKnownHosts(labNet(lab.net));
    await status(lab);
    const inventory = await writeInventory(labNet(lab.net), args.includes('--ipvs') ? 'ipvs' : 'lab');
    console.log(`inventory: ${inventory}`);
    return 0;
  },
  down: (lab) => done(lab.down()),
  status,
  ssh: async (lab, [name = '', ...words]) =>
    (await ssh(lab, name, words)) ?? misused(`${name || 'this host'} does not run`),
  reset: async (lab, args) => {
    const { names, kind } = newHosts(args);
    if (names.length === 0) return misused('reset needs the names of hosts');
    await lab.reset(names, kind);
    return done(refreshKnownHosts(labNet(lab.net)));
  },
  reboot: (lab, [name = '']) => done(lab.reboot(name)),
  fault: async (lab, [kind = '', name = '', ...words]) => {
    const wrong = misuse(kind, ...words);
    if (wrong !== undefined) return misused(`${wrong}\nnpm run lab -- fault KIND HOST [ARGUMENT]`);
    return done(lab.fault(kind as FaultKind, name, words[0]).then(() => {}));
  },
  mend: (lab, names) => done(lab.mend(names).then(() => refreshKnownHosts(labNet(lab.net)))),
};

function newHosts(args: readonly string[]): { names: string[]; kind: Kind } {
  const kind = { stock: args.includes('--stock'), selinux: args.includes('--selinux') };
  const names = args.filter((arg) => !['--stock', '--selinux', '--ipvs'].includes(arg));
  return { names: args.includes('--ipvs') ? withDirectors(names) : names, kind };
}

function withDirectors(names: readonly string[]): string[] {
  const others = names.length > 0 ? names : pick(labNet(DEFAULT_NET)).map(({ name }) => name);
  return [...new Set([...others, ...DIRECTORS])];
}

async function status(lab: Lab): Promise<number> {
  for (const host of await lab.status()) console.log(statusLine(host));
  return 0;
}

function statusLine({ name, address, state, stock, selinux, faults }: HostStatus): string {
  const more = [
    ...(stock ? ['stock: deploy logs in'] : []),
    ...(selinux ? ['SELinux enforcing'] : []),
    ...faults.map((kind) => `fault: ${kind}`),
  ];
  return `${name.padEnd(10)}${address.padEnd(14)}${[state, ...more].join(', ')}`;
}

async function done(work: Promise<void>): Promise<number> {
  await work;
  return 0;
}

async function misused(message: string): Promise<number> {
  console.error(message);
  return 5;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`lab: ${error.message}`);
    process.exitCode = error instanceof Misuse ? 5 : 1;
  },
);

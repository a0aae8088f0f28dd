import { spawnSync } from 'node:child_process';
import { type Lab, openLab } from './lab.ts';
import { DEFAULT_NET } from './names.ts';

const USAGE = `npm run lab -- COMMAND

  up [HOST…]           start the lab, or some of its hosts; builds what they need the first time
  down                 stop everything and leave nothing but the keys and the cache
  status               how each host stands
  ssh HOST [COMMAND]   log in as root
  reset HOST…          make hosts as new; their host keys stay
  reboot HOST

TRUEUP_LAB_NET=10.N.0.0/24 (${DEFAULT_NET}) chooses the lab: each net is one of its own.
`;

async function main([verb = '', ...args]: string[]): Promise<number> {
  const lab = openLab(process.env.TRUEUP_LAB_NET, (line) => console.error(line));
  const command = COMMANDS[verb];
  if (command === undefined) {
    console.error(USAGE);
    return 5;
  }
  return command(lab, args);
}

const COMMANDS: Readonly<Record<string, (lab: Lab, args: string[]) => Promise<number>>> = {
  up: async (lab, names) => {
    await lab.up(names);
    return status(lab);
  },
  down: (lab) => done(lab.down()),
  status,
  ssh: async (lab, [name = '', ...words]) => ssh(lab, name, words),
  reset: (lab, names) =>
    names.length > 0 ? done(lab.reset(names)) : misused('reset needs the names of hosts'),
  reboot: (lab, [name = '']) => done(lab.reboot(name)),
};

async function status(lab: Lab): Promise<number> {
  for (const { name, address, state } of await lab.status())
    console.log(`${name.padEnd(10)}${address.padEnd(14)}${state}`);
  return 0;
}

/** Only to a host that runs: without its net, a packet could leave this machine. */
async function ssh(lab: Lab, name: string, words: string[]): Promise<number> {
  const host = (await lab.status()).find((each) => each.name === name);
  if (host === undefined || host.state === 'off') return misused(`${name || 'this host'} does not run`);
  const options = ['IdentitiesOnly=yes', `UserKnownHostsFile=${lab.knownHosts}`, 'StrictHostKeyChecking=yes'];
  const args = [
    '-i',
    lab.key,
    ...options.flatMap((option) => ['-o', option]),
    `root@${host.address}`,
    ...words,
  ];
  return spawnSync('ssh', args, { stdio: 'inherit' }).status ?? 1;
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
    process.exitCode = 1;
  },
);

import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { processes } from './cgroup.ts';
import { lastLines } from './exec.ts';
import { consoleLog, initOf, runBeside } from './machine.ts';
import type { Host } from './names.ts';
import { until } from './until.ts';

const SECONDS = 90;

/**
 * Wait until a host that was switched on has booted: no job of systemd is left, nothing has failed, and sshd greets.
 * `previousInit` is the init that a rebooting host has to leave behind.
 */
export async function awaitBoot(host: Host, previousInit?: number): Promise<void> {
  const init = await until(`${host.name}: a new init`, SECONDS, () => newInit(host, previousInit));
  const state = await until(`${host.name}: the end of its boot`, SECONDS, () => settledState(init));
  if (state !== 'running')
    throw new Error(`${host.name} is ${state} after its boot:\n${await failedUnits(init)}`);
  await until(`${host.name}: the greeting of sshd at ${host.address}`, SECONDS, () => greets(host));
}

/** Whether a host with this init has booted, or does so in a moment; a unit that failed since is no matter. */
export async function isBooted(host: Host, init: number): Promise<boolean> {
  if ((await settledState(init)) === undefined) return false;
  return until('a greeting', 5, () => greets(host)).catch(() => false);
}

/** Whether sshd answers with its banner. */
function greets(host: Host): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.address, port: 22, timeout: 500 });
    const done = (answer?: true) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (banner) => done(banner.toString().startsWith('SSH-') || undefined));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => done());
  });
}

/** What systemd says of the host once its boot is over; undefined while it cannot be asked yet. */
async function settledState(init: number): Promise<string | undefined> {
  const { stdout } = await runBeside(init, 'systemctl is-system-running --wait', { seconds: SECONDS });
  return /^(running|degraded|maintenance|stopping)$/m.exec(stdout)?.[0];
}

async function newInit(host: Host, previousInit?: number): Promise<number | undefined> {
  const init = await initOf(host);
  if (init !== undefined && init !== previousInit) return init;
  if (previousInit === undefined && (await gaveUp(host))) throw new Error(await lastWords(host));
  return undefined;
}

async function gaveUp(host: Host): Promise<boolean> {
  const log = await readFile(consoleLog(host), 'utf8').catch(() => '');
  return /systemd-nspawn ended with \d+\n$/.test(log) && (await processes(host.cgroup)).length === 0;
}

async function lastWords(host: Host): Promise<string> {
  return `${host.name} did not start:\n${lastLines(await readFile(consoleLog(host), 'utf8'))}`;
}

async function failedUnits(init: number): Promise<string> {
  return (await runBeside(init, 'systemctl list-units --failed --plain --no-legend')).stdout;
}

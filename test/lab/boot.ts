import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { lastLines } from './exec.ts';
import { hasOwnKernel } from './kind.ts';
import { bootOf, consoleLog, isOn, runInside } from './machine.ts';
import type { Host } from './names.ts';
import { until } from './until.ts';

/** How long a host may take for each step of its boot. With a kernel of its own it is slow where many share the processors. */
const patience = (host: Host) => (hasOwnKernel(host) ? 300 : 90);

/**
 * Wait until a host that was switched on has booted: no job of systemd is left, nothing has failed, and sshd greets.
 * `previous` is the boot that a rebooting host has to leave behind.
 */
export async function awaitBoot(host: Host, previous?: string): Promise<void> {
  await until(`${host.name}: a new boot`, patience(host), () => newBoot(host, previous));
  const state = await until(`${host.name}: the end of its boot`, patience(host), () => settledState(host));
  if (state !== 'running')
    throw new Error(`${host.name} is ${state} after its boot:\n${await failedUnits(host)}`);
  await until(`${host.name}: the greeting of sshd at ${host.address}`, patience(host), () => greets(host));
}

/** Whether a host has booted, or does so in a moment; a unit that failed since is no matter. */
export async function isBooted(host: Host): Promise<boolean> {
  if ((await settledState(host)) === undefined) return false;
  return until('a greeting', 5, () => greets(host)).catch(() => false);
}

/** Whether sshd answers with its banner. */
function greets(host: Host): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.address, port: 22, timeout: 3000 });
    const done = (answer?: true) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (banner) => done(banner.toString().startsWith('SSH-') || undefined));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => done());
  });
}

/** What systemd says of the host once its boot is over; undefined while it cannot be asked. */
async function settledState(host: Host): Promise<string | undefined> {
  const wait = runInside(host, 'systemctl is-system-running --wait', { seconds: patience(host) });
  const answer = await wait.catch(() => undefined); // it may just have gone off
  return /^(running|degraded|maintenance|stopping)$/m.exec(answer?.stdout ?? '')?.[0];
}

async function newBoot(host: Host, previous?: string): Promise<string | undefined> {
  const boot = await bootOf(host);
  if (boot !== undefined && boot !== previous) return boot;
  if (previous === undefined && (await gaveUp(host))) throw new Error(await lastWords(host));
  return undefined;
}

async function gaveUp(host: Host): Promise<boolean> {
  const log = await readFile(consoleLog(host), 'utf8').catch(() => '');
  return /the machine ended with \d+\n$/.test(log) && !(await isOn(host));
}

async function lastWords(host: Host): Promise<string> {
  return `${host.name} did not start:\n${lastLines(await readFile(consoleLog(host), 'utf8'))}`;
}

async function failedUnits(host: Host): Promise<string> {
  return (await runInside(host, 'systemctl list-units --failed --plain --no-legend')).stdout;
}

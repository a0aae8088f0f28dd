import { must } from '../lab/exec.ts';
import { FortyHosts } from './forty-hosts.ts';
import { mediansInTurn } from './in-turn.ts';
import { BIN, SiteRun } from './site-run.ts';

const ROUNDS = 9;
const CURVE = 'KexAlgorithms=curve25519-sha256';

/**
 * npm run bench: what trueup costs beside what has to be done at all. Both sides of a comparison run in turn, from
 * cold, so that a busy machine is busy for both; nothing is asserted. TRUEUP_LAB_NET chooses the lab.
 */
async function main(): Promise<void> {
  await must(['npm', 'run', '--silent', 'build'], { seconds: 300 });
  const ratio = await site();
  await startUp();
  await forty();
  console.log(`\nno-change run on four hosts, times OpenSSH: ${ratio}`);
}

async function site(): Promise<string> {
  const run = await SiteRun.open();
  try {
    const ours = run.trueup;
    const commands = [ours, await run.openssh(), await run.openssh(CURVE)];
    const [trueup = 0, openssh = 0, curve = 0] = await mediansInTurn(commands, ROUNDS);
    title('apply of site.ts, four hosts, nothing to do: against OpenSSH fed the same scripts');
    row('trueup', seconds(trueup));
    row('OpenSSH', seconds(openssh), times(trueup, openssh));
    row('OpenSSH, curve25519-sha256', seconds(curve), times(trueup, curve));
    await costs(run);
    return (trueup / openssh).toFixed(2);
  } finally {
    await run.close();
  }
}

async function costs(run: SiteRun): Promise<void> {
  const { trueup, openssh } = await run.wire();
  title('one host (lb-01): execs, turns on the wire, bytes both ways');
  row('trueup', `${trueup.execs}`, `${trueup.turns}`, `${trueup.bytes}`);
  row('OpenSSH', '1', `${openssh.turns}`, `${openssh.bytes}`);
  title('memory at most');
  row('trueup', `${(await run.memory()).toFixed(0)} MiB`);
}

async function startUp(): Promise<void> {
  const node = process.execPath;
  const [trueup = 0, bare = 0] = await mediansInTurn(
    [
      [node, BIN, '--version'],
      [node, '-e', '0'],
    ],
    2 * ROUNDS,
  );
  title('start-up');
  row('trueup --version', seconds(trueup), times(trueup, bare));
  row('node -e 0', seconds(bare));
}

async function forty(): Promise<void> {
  const hosts = await FortyHosts.open();
  try {
    const [trueup = 0, openssh = 0] = await mediansInTurn([hosts.trueup, hosts.openssh], ROUNDS);
    title('plan of forty hosts (one sshd), nothing to do');
    row('trueup', seconds(trueup));
    row('OpenSSH', seconds(openssh), times(trueup, openssh));
  } finally {
    await hosts.close();
  }
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function row(name: string, ...cells: string[]): void {
  console.log(`  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(9)).join('')}`);
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}

function times(ours: number, theirs: number): string {
  return `× ${(ours / theirs).toFixed(2)}`;
}

main().catch((error: Error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});

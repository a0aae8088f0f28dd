import { exec, must } from '../exec.ts';
import type { Net } from '../names.ts';
import type { Target } from './fault.ts';

/**
 * Rules on this machine's side of the net, in an nftables table of their own: the host itself shows no trace of them.
 * Only what goes between this machine and the host is disturbed.
 */
export async function addTable(target: Target, kind: string, chains: string): Promise<void> {
  await removeTable(target, kind);
  await must(['nft', '-f', '-'], { input: `table ip ${tableOf(target, kind)} {\n${chains}\n}\n` });
}

export async function removeTable(target: Target, kind: string): Promise<void> {
  await exec(['nft', 'delete', 'table', 'ip', tableOf(target, kind)]);
}

export async function hasTable(target: Target, kind: string): Promise<boolean> {
  return (await tablesOf(target.net)).includes(tableOf(target, kind));
}

/** All tables that a lab has on this machine. */
export async function tablesOf({ bridge }: Pick<Net, 'bridge'>): Promise<string[]> {
  const { stdout } = await exec(['nft', 'list', 'tables', 'ip']);
  const names = stdout.split('\n').map((line) => line.replace('table ip ', ''));
  return names.filter((name) => name.startsWith(`${bridge}-`));
}

function tableOf({ net, host }: Target, kind: string): string {
  return `${net.bridge}-${host.name}-${kind}`;
}

import { fileURLToPath } from 'node:url';
import type { Fault, Target } from './fault.ts';
import { startHelper, stopHelper } from './helper.ts';
import { addTable, hasTable, removeTable } from './table.ts';

const JITI = fileURLToPath(new URL('../../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const WIRE = fileURLToPath(new URL('wire.ts', import.meta.url));
const NOBODY = 65534;

/** One wire at a time: the second takes the place of the first. */
const KINDS = ['latency', 'cut'] as const;
type Kind = (typeof KINDS)[number];

export const latency: Fault = {
  takes: { name: 'MS', pattern: /^\d+$/ },
  does: 'new connections to sshd: every byte arrives so much later, each way',
  cause: (target, ms) => lay(target, 'latency', [ms]),
  ...mending('latency'),
};

export const cut: Fault = {
  takes: { name: 'BYTES', pattern: /^[1-9]\d*$/ },
  does: 'the next connection that has carried so many bytes to sshd is cut there, and only it',
  cause: (target, bytes) => lay(target, 'cut', ['0', bytes]),
  ...mending('cut'),
};

/** Connections to the host's sshd are led through the proxy, wherever they come from on this machine. */
async function lay(target: Target, kind: Kind, args: readonly string[]): Promise<void> {
  for (const each of KINDS) await remove(target, each);
  const { net, host } = target;
  const proxy = [process.execPath, JITI, WIRE, host.address, net.gateway, ...args];
  const port = await startHelper(host, kind, proxy);
  const rule = `ip daddr ${host.address} tcp dport 22 meta skuid != ${NOBODY} dnat to ${net.gateway}:${port}`;
  await addTable(target, kind, `chain output { type nat hook output priority -100; ${rule}; }`);
}

/** Connections over the wire end with it. */
async function remove(target: Target, kind: Kind): Promise<void> {
  await removeTable(target, kind);
  await stopHelper(target.host, kind);
}

function mending(kind: Kind): Pick<Fault, 'mend' | 'isOn'> {
  return { mend: (target) => remove(target, kind), isOn: (target) => hasTable(target, kind) };
}

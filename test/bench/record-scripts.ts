import { join } from 'node:path';
import { readDenials } from '../../src/denials/read-denials.ts';
import { HostSessions } from '../../src/engine/host-sessions.ts';
import { Run } from '../../src/engine/run.ts';
import * as trueup from '../../src/index.ts';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import type { Host, Remote } from '../../src/model/index.ts';
import { loadPlaybook, resolvePlays } from '../../src/playbook/index.ts';
import { batchScript } from '../../src/remote/batch-script.ts';
import { framedScript } from '../../src/remote/frames.ts';
import { connect, readFacts, readTogether } from '../../src/remote/index.ts';
import { rootShellLine } from '../../src/remote/root-shell.ts';

/** What one exec sends to a host: the line that it runs, and the script on its stdin. */
export interface SentScript {
  readonly host: Host;
  readonly line: string;
  readonly script: string;
}

/** Plans a playbook as the command line does, and tells what was sent, in order; refuses if anything differs. */
export async function recordScripts(playbook: string, inventory: string): Promise<SentScript[]> {
  const sent: SentScript[] = [];
  const { run, sessions } = await prepare(playbook, inventory, (remote, host) =>
    recording(remote, host, sent),
  );
  const results = await run.plan();
  await sessions.close();
  const unfit = results.filter(({ status }) => status !== 'ok');
  if (unfit.length > 0) throw new Error(`not converged: ${unfit.map(({ name }) => name).join(', ')}`);
  return sent;
}

async function prepare(file: string, inventory: string, wrap: (remote: Remote, host: Host) => Remote) {
  const playbook = await loadPlaybook(file, trueup);
  const selection = { limit: undefined, extraVars: [] };
  const { project } = playbook;
  const options = { knownHostsFiles: [], acceptInto: join(project.root, '.trueup/known_hosts') };
  const { signal } = new AbortController();
  const listener = () => {};
  const sessions = new HostSessions({
    connect: async (host) => wrap(await connect(host, options), host),
    ...{ readTogether, listener, signal },
    run: { id: 'bench', by: 'bench' },
  });
  const context = { project, sessions, readFacts, readDenials, listener, signal, runId: 'bench', forks: 4 };
  const plays = resolvePlays(playbook, await loadInventory(inventory), selection);
  return { sessions, run: await Run.prepare(plays, context) };
}

/** Keeps the very bytes of each batch that goes out, but for the nonce. */
function recording(remote: Remote, host: Host, sent: SentScript[]): Remote {
  return {
    run(batch) {
      const script = framedScript('0'.repeat(32), batchScript(batch));
      sent.push({ host, script, line: rootShellLine(Buffer.byteLength(script)) });
      return remote.run(batch);
    },
    write: (file) => remote.write(file),
    runDetached: (job, invocation) => remote.runDetached(job, invocation),
    reconnectTest: () => remote.reconnectTest(),
    get execs() {
      return remote.execs;
    },
    close: () => remote.close(),
  };
}

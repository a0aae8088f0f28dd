import { shell } from '../../model/index.ts';
import type { Session } from '../session/session.ts';
import { type Denial, distinctDenials } from './denial.ts';
import type { PolicyBoolean } from './denial-advice.ts';
import { DENIALS } from './denials-script.ts';

/** A denial, and the booleans that would allow it by the host's own audit2why. */
export interface ExplainedDenial {
  readonly denial: Denial;
  readonly booleans: readonly PolicyBoolean[];
}

/** Seconds for the look on the host. */
const LIMIT = 10;
/** Milliseconds for all of it, with a connection that may have to be made first. */
const PATIENCE = 12_000;
const ENFORCE = '/sys/fs/selinux/enforce';
const AUDIT_LOG = '/var/log/audit/audit.log';

/**
 * What SELinux has refused on the host since then (by `performance.now()`). It is asked because something else has
 * failed, so it never fails itself: what cannot be read is not there.
 */
export async function readDenials(session: Session, since: number): Promise<ExplainedDenial[]> {
  const late = new Promise<ExplainedDenial[]>((resolve) => {
    setTimeout(resolve, PATIENCE, []).unref();
  });
  return Promise.race([ask(session, since).catch(() => []), late]);
}

async function ask(session: Session, since: number): Promise<ExplainedDenial[]> {
  const remote = await session.remote();
  const ago = Math.ceil((performance.now() - since) / 1000) + 1;
  const command = shell(DENIALS, String(ago), ENFORCE, AUDIT_LOG);
  const { probes } = await remote.run({ actions: [], probes: [{ command, limit: LIMIT }] });
  const [answer] = probes;
  return answer && 'output' in answer ? parseDenials(answer.output.stdout) : [];
}

/** Reads the output of the script; killed at its limit, it has printed the denials already. */
export function parseDenials(text: string): ExplainedDenial[] {
  const [logged = '', why = ''] = text.split(/^== why\n/m);
  const booleans = booleansIn(why);
  return distinctDenials(logged.split('\n')).map((denial) => ({
    denial,
    booleans: booleans.get(denial.raw) ?? [],
  }));
}

/** audit2why repeats each line of the log; below it are the commands that would allow it. */
function booleansIn(why: string): Map<string, PolicyBoolean[]> {
  const found = new Map<string, PolicyBoolean[]>();
  let raw = '';
  for (const line of why.split('\n')) {
    const [, name, value] = /setsebool -P (\w+) ([01])/.exec(line) ?? [];
    if (name !== undefined) found.set(raw, [...(found.get(raw) ?? []), { name, on: value === '1' }]);
    else if (/avc:\s+denied/.test(line)) raw = line.trim();
  }
  return found;
}

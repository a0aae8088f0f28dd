import { type Answer, type Failure, type Invocation, shell } from '../model/index.ts';
import { addDenials } from './add-denials.ts';
import { distinctDenials } from './denial.ts';
import type { PolicyBoolean } from './denial-advice.ts';
import { DENIALS } from './denials-script.ts';
import type { ExplainedDenial } from './explained-denial.ts';

/** Seconds for the look on the host. */
const LIMIT = 10;
/** Milliseconds for all of it, with a connection that may have to be made first. */
const PATIENCE = 12_000;
const ENFORCE = '/sys/fs/selinux/enforce';
const AUDIT_LOG = '/var/log/audit/audit.log';

type Ask = (probe: Invocation) => Promise<Answer | undefined>;

/**
 * What SELinux has denied on the host since then (by `performance.now()`), as a function that adds it to failures. The host is asked
 * because something else has failed, so this never fails itself: what cannot be read is left out.
 */
export async function readDenials(ask: Ask, since: number): Promise<(failure: Failure) => Failure> {
  const late = new Promise<ExplainedDenial[]>((resolve) => {
    setTimeout(resolve, PATIENCE, []).unref();
  });
  const denials = await Promise.race([read(ask, since).catch(() => []), late]);
  return (failure) => addDenials(failure, denials);
}

async function read(ask: Ask, since: number): Promise<ExplainedDenial[]> {
  const ago = Math.ceil((performance.now() - since) / 1000) + 1;
  const answer = await ask({ command: shell(DENIALS, String(ago), ENFORCE, AUDIT_LOG), limit: LIMIT });
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

import { inside } from '../site/site-lab.ts';

/** The AVC denials that the host has noted since it was made: one line each. */
export async function denials(host: string): Promise<string[]> {
  const said = await inside(host, 'cat /var/log/audit/audit.log* 2>/dev/null; journalctl -q -k -o cat || :');
  const lines = said
    .split('\n')
    .filter((line) => / denied {2}\{/.test(line) && !line.includes('permissive=1'));
  return [...new Map(lines.map((line) => [/audit\([\d.:]+\)/.exec(line)?.[0] ?? line, line])).values()];
}

import type { Finding } from '../../model/index.ts';

/** The finding, its changes with one more thing to know. */
export function addNote(finding: Finding, note: string | undefined): Finding {
  if (finding.status !== 'change' || note === undefined) return finding;
  return { ...finding, note: finding.note === undefined ? note : `${finding.note}; ${note}` };
}

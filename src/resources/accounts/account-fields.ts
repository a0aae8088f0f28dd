import { z } from 'zod';
import type { Finding } from '../../model/index.ts';

/** What shadow-utils accept as a new name. */
export const newName = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_-]{0,30}[a-z0-9_$-]?$/i,
    'expected a name, as useradd(8) accepts it: at most 32 letters, digits, _ and -',
  );

/** 4294967295 means "none". */
export const id = z.int().min(0).max(4_294_967_294);

export const state = z.enum(['present', 'absent']).default('present');

/** The finding, its changes with one more thing to know. */
export function addNote(finding: Finding, note: string | undefined): Finding {
  if (finding.status !== 'change' || note === undefined) return finding;
  return { ...finding, note: finding.note === undefined ? note : `${finding.note}; ${note}` };
}

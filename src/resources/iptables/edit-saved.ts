import type { Action, FileState } from '../../model/index.ts';
import type { Refused } from './look-at-rules.ts';
import type { RuleList, Table } from './parse-save.ts';
import type { Placement } from './place-rules.ts';
import { editSavedFile, readSavedFile } from './saved-file.ts';
import { writeAction } from './write-action.ts';

/** Makes the changes in the saved list of a tool; `list` is the same table as iptables itself read it. */
export function editSaved(
  tool: 'iptables' | 'ip6tables',
  table: Table,
  file: FileState,
  list: RuleList,
  placements: readonly Placement[],
): Refused | { readonly action: Action } {
  const content = file.exists ? file.content : undefined;
  const saved = readSavedFile(content?.toString('latin1') ?? '', table, list);
  if ('problem' in saved) return saved;
  const edited = Buffer.from(editSavedFile(saved, table, placements), 'latin1');
  return { action: writeAction(tool, `/etc/sysconfig/${tool}`, file, edited) };
}

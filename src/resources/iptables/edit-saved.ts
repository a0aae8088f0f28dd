import { type Action, type FileState, shell } from '../../model/index.ts';
import type { Refused } from './look-at-rules.ts';
import type { RuleList, Table } from './parse-save.ts';
import type { Placement } from './place-rules.ts';
import { WAIT } from './restore-batch.ts';
import { editSavedFile, readSavedFile } from './saved-file.ts';

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

const TEST = `tool=$1\n${WAIT}"$tool-restore" $wait --test <"$2"`;

/** Writes the saved list, keeping its mode and owner, once iptables-restore has taken it for a test. */
function writeAction(tool: string, path: string, file: FileState, content: Buffer): Action {
  const mode = file.exists ? file.mode : '0600';
  const owner = file.exists ? file.owner : 'root';
  const group = file.exists ? file.group : 'root';
  return { write: { path, content, mode, owner, group, validate: shell(TEST, tool, '%s') } };
}

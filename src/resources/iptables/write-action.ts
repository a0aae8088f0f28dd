import { type Action, type FileState, shell } from '../../model/index.ts';
import { WAIT } from './restore-batch.ts';

const TEST = `tool=$1\n${WAIT}"$tool-restore" $wait --test <"$2"`;

/** Writes the saved list, keeping its mode and owner, once iptables-restore has taken it for a test. */
export function writeAction(tool: string, path: string, file: FileState, content: Buffer): Action {
  const mode = file.exists ? file.mode : '0600';
  const owner = file.exists ? file.owner : 'root';
  const group = file.exists ? file.group : 'root';
  return { write: { path, content, mode, owner, group, validate: shell(TEST, tool, '%s') } };
}

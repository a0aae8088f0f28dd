import { resolve } from 'node:path';
import type { ConnectionKey, Host } from '../model/index.ts';
import { connectionKey } from './connection.ts';
import { type ConnectionVars, connectionSettings } from './connection-settings.ts';
import { expandTilde } from './expand-tilde.ts';
import type { GroupNode } from './tree.ts';
import type { VarValue } from './var-value.ts';

/** The host with its merged vars: the connection keys among them, under either name, are taken out. */
export async function hostOf(
  name: string,
  groups: readonly GroupNode[],
  merged: ReadonlyMap<string, VarValue>,
  root: string,
): Promise<Host> {
  const connection = new Map<ConnectionKey, VarValue>();
  const vars: [string, unknown][] = [];
  for (const one of merged.values()) {
    const known = connectionKey(one.name);
    if (known) connection.set(known, one);
    else vars.push([one.name, one.value]);
  }
  const said = written(connection);
  const identityFile = said('identityFile');
  return {
    name,
    ...(await connectionSettings(name, said, root, connection.get('sshArgs')?.place)),
    ...(identityFile === undefined ? {} : { identityFile: resolve(root, expandTilde(identityFile)) }),
    groups: groups.map((group) => group.name).filter((group) => group !== 'all'),
    vars: Object.fromEntries(vars),
  };
}

function written(connection: ReadonlyMap<ConnectionKey, VarValue>): ConnectionVars {
  return (key) => (connection.has(key) ? String(connection.get(key)?.value) : undefined);
}

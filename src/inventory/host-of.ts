import { homedir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ConnectionKey, Host } from '../model/index.ts';
import { connectionKey } from './connection.ts';
import { jumpOf } from './jump-of.ts';
import type { GroupNode } from './tree.ts';
import type { VarValue } from './var-value.ts';

/** The host with its merged vars: the connection keys among them, under either name, are taken out. */
export function hostOf(
  name: string,
  groups: readonly GroupNode[],
  merged: ReadonlyMap<string, VarValue>,
  root: string,
): Host {
  const connection = new Map<ConnectionKey, unknown>();
  const vars: [string, unknown][] = [];
  for (const { name: key, value } of merged.values()) {
    const known = connectionKey(key);
    if (known) connection.set(known, value);
    else vars.push([key, value]);
  }
  const text = (key: ConnectionKey) => (connection.has(key) ? String(connection.get(key)) : undefined);
  const identityFile = text('identityFile');
  const jump = jumpOf(text('jump') ?? 'none');
  return {
    name,
    address: text('address') ?? name,
    port: Number(connection.get('port') ?? 22),
    user: text('user') ?? userInfo().username,
    ...(identityFile === undefined ? {} : { identityFile: resolve(root, withHome(identityFile)) }),
    ...(jump === undefined || jump === 'none' ? {} : { jump }),
    hostKeys: text('hostKeys') === 'accept-new' ? 'accept-new' : 'strict',
    groups: groups.map((group) => group.name).filter((group) => group !== 'all'),
    vars: Object.fromEntries(vars),
  };
}

function withHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}

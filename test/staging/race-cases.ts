import { join } from 'node:path';
import { type Action, type Remote, shell } from '../../src/model/index.ts';
import { attributeChanges } from '../../src/resources/files/attributes.ts';
import { makeDirectory } from '../../src/resources/files/make-directory.ts';
import { setAttributes } from '../../src/resources/files/path-actions.ts';
import { symlink } from '../../src/resources/symlink.ts';
import { effects, scriptedHost } from '../scripted-host.ts';

/** What a racer does in its folder; see racer.mjs and racer.py. */
export type Way = 'new names' | 'target' | 'folder';

const attributes = (path: string) => ({ path, mode: '0644', owner: 'nobody', group: 'nogroup' });
const write = (path: string) => ({ ...attributes(path), content: Buffer.from('theirs\n') });
const found = { mode: '0600', owner: 'root', group: 'root' };
const options = { written: false, effects: effects() };

const ACTIONS: readonly [what: string, ways: Way[], (path: string) => Action[] | Promise<Action[]>][] = [
  ['a file', ['new names', 'target'], (path) => [{ write: write(path) }]],
  [
    'a file with a validator and a backup',
    ['new names', 'target'],
    (path) => [{ write: { ...write(path), backup: true, validate: shell('grep -q theirs "$1"', '%s') } }],
  ],
  ['a directory', ['new names'], (path) => [makeDirectory(attributes(path))]],
  ['a file below it', ['folder'], (path) => [{ write: write(join(path, 'victim.conf')) }]],
  ['a directory below it', ['folder'], (path) => [makeDirectory(attributes(join(path, 'victim.conf')))]],
  [
    'attributes of a file',
    ['target', 'new names'],
    (path) => attributeChanges(attributes(path), found, { kind: 'file', ...options }).flatMap(actionsOf),
  ],
  [
    'attributes of a file below it',
    ['folder'],
    (path) => [
      setAttributes({ path: join(path, 'victim.conf'), kind: 'file', owner: 'nobody', mode: '0666' }),
    ],
  ],
  [
    'attributes of a directory',
    ['folder'],
    (path) => attributeChanges(attributes(path), found, { kind: 'dir', ...options }).flatMap(actionsOf),
  ],
  ['a symlink', ['new names', 'target'], (path) => symlinkTo(path)],
];

function actionsOf({ actions }: { readonly actions: readonly Action[] }): readonly Action[] {
  return actions;
}

export async function symlinkTo(path: string, group?: string): Promise<Action[]> {
  const folder = { exists: true, type: 'directory', size: 40, ...found } as const;
  const host = scriptedHost({
    files: { [join(path, '..')]: folder, [path]: { exists: false } },
    probes: [['getent', {}]],
  });
  const step = await symlink({ path, target: 'elsewhere', owner: 'nobody', group }).prepare({ root: '/' });
  const finding = (await step.look(host)).diff(effects());
  return finding.status === 'change' ? finding.changes.flatMap(actionsOf) : [];
}

/** What root does to a path, against each racer that can be in its way. */
export const RACES = ACTIONS.flatMap(([what, ways, actions]) => ways.map((way) => ({ what, way, actions })));

/** Performs them one after the other, whatever becomes of each. */
export async function performAll(remote: Remote, actions: readonly Action[]): Promise<void> {
  for (const action of actions) {
    if ('write' in action) await remote.write(action.write);
    else await remote.run({ actions: [], probes: [{ command: action.exec, limit: 20 }] });
  }
}

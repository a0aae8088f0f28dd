/** One package of a transaction that was resolved, but not run. */
export interface Item {
  readonly does: 'install' | 'upgrade' | 'downgrade' | 'reinstall' | 'remove';
  readonly name: string;
  readonly arch: string;
  /** Version and release, with an epoch where there is one. */
  readonly evr: string;
  /** Why it takes part. */
  readonly role: 'asked' | 'dependency' | 'needs it' | 'no longer needed' | 'replaced';
}

/** The titles of dnf 4 and yum 3. */
const TITLES: Readonly<Record<string, Pick<Item, 'does' | 'role'>>> = {
  Installing: { does: 'install', role: 'asked' },
  'Installing group/module packages': { does: 'install', role: 'asked' },
  'Installing group packages': { does: 'install', role: 'asked' },
  'Installing dependencies': { does: 'install', role: 'dependency' },
  'Installing weak dependencies': { does: 'install', role: 'dependency' },
  'Installing for dependencies': { does: 'install', role: 'dependency' },
  Upgrading: { does: 'upgrade', role: 'asked' },
  Updating: { does: 'upgrade', role: 'asked' },
  'Updating for dependencies': { does: 'upgrade', role: 'dependency' },
  Reinstalling: { does: 'reinstall', role: 'asked' },
  Downgrading: { does: 'downgrade', role: 'asked' },
  Removing: { does: 'remove', role: 'asked' },
  'Removing dependent packages': { does: 'remove', role: 'needs it' },
  'Removing for dependencies': { does: 'remove', role: 'needs it' },
  'Removing unused dependencies': { does: 'remove', role: 'no longer needed' },
};

const TITLE = /^(\S.*):$/;
/** A long name pushes the rest of its row into the next line. */
const ROW = /^ (\S+)\s+(noarch|x86_64|i[3-6]86|aarch64|ppc64le|ppc64|s390x|armv7hl|riscv64)\s+(\S+)\s+\S+\s/;
const REPLACED = /^ {5}replacing {2}(\S+)\.(\S+) (\S+)$/;

/** The packages in the table that dnf and yum show before they ask; none if there is no such table. */
export function parseTransaction(text: string): Item[] {
  const table = /\n=+\n Package\s[^\n]*\n=+\n(.*?)\nTransaction Summary\n/s.exec(text)?.[1];
  if (table === undefined) return [];
  const items: Item[] = [];
  let title: Pick<Item, 'does' | 'role'> | undefined;
  for (const row of rowsOf(table)) {
    const heading = TITLE.exec(row)?.[1];
    if (heading !== undefined) title = TITLES[heading];
    const item = title && itemOf(row, title);
    if (item) items.push(item);
  }
  return items;
}

function rowsOf(table: string): string[] {
  return table.replace(/\n {2,}(?=\S)(?!replacing )/g, ' ').split('\n');
}

function itemOf(row: string, title: Pick<Item, 'does' | 'role'>): Item | undefined {
  const replaced = REPLACED.exec(row);
  if (replaced) {
    const [, name = '', arch = '', evr = ''] = replaced;
    return { does: 'remove', role: 'replaced', name, arch, evr };
  }
  const [match, name = '', arch = '', evr = ''] = ROW.exec(`${row} `) ?? [];
  return match === undefined ? undefined : { ...title, name, arch, evr };
}

import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { stringify } from 'yaml';
import { formatPlace, type Host, type Inventory, mask, type Origin } from '../../model/index.ts';
import { inventoryContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { writeDocument } from '../masked-streams.ts';
import type { InventoryShowOptions } from '../query-commands.ts';
import { jsonDocument } from '../views/json.ts';
import { type Paint, paintFor } from '../views/paint.ts';
import { table } from '../views/table.ts';
import { visible } from '../views/visible.ts';

/** How each host of a pattern is reached, and its vars; `--explain`: where each value was written. */
export async function inventoryShow(inquiry: InventoryShowOptions): Promise<number> {
  const { inventory, hosts } = await inventoryContext(inquiry, inquiry.pattern);
  const explain = inquiry.explain ?? false;
  if (inquiry.json) {
    const documents = hosts.map((host) => documentOf(host, inventory, explain));
    writeDocument(`${jsonDocument('inventory show', documents, EXIT.done)}\n`);
  } else {
    const blocks = hosts.map((host) => block(host, inventory, explain, paintFor(process.stdout)));
    process.stdout.write(`${mask(blocks.join('\n\n'))}\n`);
  }
  return EXIT.done;
}

type Values = readonly (readonly [name: string, value: unknown])[];

function connectionOf({
  address,
  port,
  user,
  identityFile,
  jump,
  proxyCommand,
  hostKeys,
  legacyAlgorithms,
  ssh,
}: Host): Values {
  const keys = ssh?.identityFiles.filter((file) => existsSync(file)) ?? [];
  const values: Values = [
    ['address', address],
    ['port', port],
    ['user', user],
    ['identityFile', identityFile ?? (keys.length > 0 ? keys.join(', ') : undefined)],
    ['jump', jump?.map((hop) => (typeof hop === 'string' ? hop : hop.name)).join(',')],
    ['proxyCommand', proxyCommand],
    ['hostKeys', hostKeys],
    ['legacyAlgorithms', legacyAlgorithms?.join(',')],
  ];
  return values.filter(([, value]) => value !== undefined);
}

function documentOf(host: Host, inventory: Inventory, explain: boolean): object {
  const { name, groups, vars } = host;
  const connection = Object.fromEntries(connectionOf(host));
  if (!explain) return { name, ...connection, groups, vars };
  const names = [...connectionOf(host), ...Object.entries(vars)].map(([each]) => each);
  const origins = Object.fromEntries(
    names.map((each) => [each, inventory.originsOf(name, each).map(originDocument)]),
  );
  return { name, ...connection, groups, vars, origins };
}

function originDocument({ value, place }: Origin): object {
  return { value, place: formatPlace(place) };
}

function block(host: Host, inventory: Inventory, explain: boolean, paint: Paint): string {
  const rows = (values: Values) =>
    values.flatMap(([name, value]) => {
      const row = [`  ${name}`, inline(value)];
      return explain ? explained(row, originsOf(host, name, inventory), host) : [row];
    });
  const vars = Object.entries(host.vars);
  const groups = explain ? [] : [['  groups', host.groups.join(', ') || '(none)']];
  return [
    paint.bold(visible(host.name)),
    table([...rows(connectionOf(host)), ...groups, ...rows(vars)]),
  ].join('\n');
}

/** The value in force with its place, and below it those that it beats. */
function explained(
  row: readonly string[],
  [inForce, ...beaten]: readonly Origin[],
  { ssh }: Host,
): string[][] {
  if (!inForce) return [[...row, ssh ? `what \`ssh ${ssh.destination}\` takes, or the default` : 'default']];
  return [
    [...row, whereOf(inForce)],
    ...beaten.map((origin) => ['', '', `beats ${inline(origin.value)} in ${whereOf(origin)}`]),
  ];
}

/** A ProxyCommand of the inventory is written among the options of ssh. */
function originsOf({ name }: Host, key: string, inventory: Inventory): readonly Origin[] {
  return inventory.originsOf(name, key === 'proxyCommand' ? 'sshArgs' : key);
}

function whereOf({ place }: Origin): string {
  const short = relative(process.cwd(), place.file);
  return formatPlace({ ...place, file: short.startsWith('..') ? place.file : short });
}

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim().replaceAll('\n', ' ');
}

import type { Facts, HostResult } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

/** Facts for people, host by host; hosts that gave none are left out. */
export function factsText(
  answers: readonly { readonly result: HostResult; readonly facts?: Facts }[],
  paint: Paint,
): string {
  return answers
    .flatMap(({ result, facts }) =>
      facts
        ? [
            `${paint.bold(visible(result.name))}  ${paint.dim(visible(result.address))}\n${table(rowsOf(facts))}`,
          ]
        : [],
    )
    .join('\n\n');
}

function rowsOf(facts: Facts): string[][] {
  const { hostname, os, osVersion, osName, kernel, architecture, cpus, memoryMiB } = facts;
  const rows = [
    ['hostname', hostname],
    ['system', os && `${osName} (${os} ${osVersion})`],
    ['kernel', `${kernel} ${architecture}`.trim()],
    ['cpus', cpus > 0 ? String(cpus) : ''],
    ['memory', memoryMiB > 0 ? `${memoryMiB} MiB` : ''],
    ['selinux', selinuxText(facts)],
    ...Object.entries(facts.addresses).map(([device, addresses]) => [device, addresses.join(', ')]),
  ];
  // Where the tool or file for it is missing there.
  return rows.map(([name = '', value]) => [`  ${name}`, value || 'not known']);
}

/** `enforcing (targeted, version 33)`. */
function selinuxText({ selinux, selinuxPolicy, selinuxVersion }: Facts): string {
  const policy = [selinuxPolicy, selinuxVersion === undefined ? '' : `version ${selinuxVersion}`];
  const known = policy.filter(Boolean).join(', ');
  return known === '' ? selinux : `${selinux} (${known})`;
}

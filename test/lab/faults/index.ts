import { hasOwnKernel } from '../kind.ts';
import { unknown } from '../unknown.ts';
import type { Fault, Target } from './fault.ts';
import { drop, reject } from './filter.ts';
import { diskfull, readonly } from './folders.ts';
import { freeze } from './freeze.ts';
import { hostkey } from './hostkey.ts';
import { link } from './link.ts';
import { powercut, reboot } from './power.ts';
import { rpmlock } from './rpmlock.ts';
import { sessions } from './sessions.ts';
import { slowdisk } from './slowdisk.ts';
import { cut, latency } from './wires.ts';

/** In the order of mending: a frozen host first, and a host boots last. */
export const FAULTS = {
  freeze,
  link,
  sessions,
  reject,
  drop,
  latency,
  cut,
  rpmlock,
  hostkey,
  diskfull,
  readonly,
  slowdisk,
  reboot,
  powercut,
} satisfies Record<string, Fault>;

export type FaultKind = keyof typeof FAULTS;

const ALL: readonly (readonly [string, Fault])[] = Object.entries(FAULTS);

/** Why a fault cannot be caused so; undefined where it can. */
export function misuse(kind: string, ...words: readonly string[]): string | undefined {
  const fault = faultOf(kind);
  if (fault === undefined) return unknown('fault', kind, Object.keys(FAULTS));
  const { name, pattern } = fault.takes ?? { name: 'nothing', pattern: /^$/ };
  const argument = words.join(' ');
  if (words.length < 2 && pattern.test(argument)) return undefined;
  return argument === '' ? `${kind} needs ${name}` : `${kind} takes ${name}, not '${argument}'`;
}

export async function cause(kind: string, target: Target, argument: string): Promise<void> {
  const wrong = misuse(kind, argument);
  if (wrong !== undefined) throw new Error(wrong);
  if (faultOf(kind)?.inside && hasOwnKernel(target.host))
    throw new Error(`${kind} cannot be caused on ${target.host.name}: it has a kernel of its own`);
  await faultOf(kind)?.cause(target, argument);
}

/** The faults that lie on a host now. */
export async function faultsOn(target: Target): Promise<string[]> {
  const on = await Promise.all(ALL.map(([, fault]) => fault.isOn(target)));
  return ALL.filter((_, index) => on[index]).map(([kind]) => kind);
}

/** Take back what lies on a host; one that is off stays off. */
export async function clearFaults(target: Target): Promise<void> {
  for (const kind of await faultsOn(target)) if (kind !== 'powercut') await faultOf(kind)?.mend(target);
}

/** Take back what lies on a host; one that is off boots. */
export async function mendAll(target: Target): Promise<void> {
  await clearFaults(target);
  await FAULTS.powercut.mend(target);
}

export function usageOfFaults(): string {
  const lines = ALL.map(
    ([kind, { takes, does }]) => `  ${kind.padEnd(9)}${(takes?.name ?? '').padEnd(11)}${does}`,
  );
  return lines.join('\n');
}

function faultOf(kind: string): Fault | undefined {
  return ALL.find(([name]) => name === kind)?.[1];
}

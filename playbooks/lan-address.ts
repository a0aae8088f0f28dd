import type { Host } from 'trueup';

/** Where the other hosts reach this one: its var `lanAddress`, or else the address that we connect to. */
export function lanAddress({ address, vars }: Host): string {
  return String(vars.lanAddress ?? address);
}

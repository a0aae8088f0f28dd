import { z } from 'zod';
import { requiredField, typeField } from '../selinux/policy-fields.ts';

/** One port (`low` is `high`) or several in a row. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

const EXPECTED = "expected a port from 1 to 65535 such as 8404, or a range such as '8000-8010'";

const portField = z.union([z.number(), z.string()], EXPECTED).transform((given, context): PortRange => {
  const [, low = '', high = ''] = /^(\d+)-(\d+)$/.exec(String(given)) ?? [];
  const range = typeof given === 'number' ? { low: given, high: given } : { low: +low, high: +high };
  const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
  if (isPort(range.low) && isPort(range.high) && (typeof given === 'number' || range.low < range.high))
    return range;
  context.addIssue({ code: 'custom', message: EXPECTED });
  return z.NEVER;
});

export const portSpec = z.strictObject({
  type: typeField,
  /** Numbers, and ranges such as `'8000-8010'`. */
  ports: z
    .array(portField)
    .min(1, 'expected at least one port')
    .refine((ports) => !ports.some((one, at) => ports.slice(0, at).some((other) => overlap(one, other))), {
      message: 'lists a port more than once: ranges must not overlap',
    }),
  protocol: z.enum(['tcp', 'udp', 'sctp', 'dccp']).default('tcp'),
  required: requiredField,
});

export type PortSpec = z.output<typeof portSpec>;

export function overlap(one: PortRange, other: PortRange): boolean {
  return one.low <= other.high && other.low <= one.high;
}

/** As semanage takes it: `8404` or `8000-8010`. */
export function rangeText({ low, high }: PortRange): string {
  return low === high ? `${low}` : `${low}-${high}`;
}

import { z } from 'zod';

const aWord = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'must be one word of letters, digits and - _ .');
const aPort = z
  .string()
  .regex(/^\d{1,5}(-\d{1,5})?\/(tcp|udp|sctp|dccp)$/, 'write it as 80/tcp or 8000-8010/udp');
const aRule = z.string().regex(/^rule [^\n\r\0]+$/, 'a rich rule is one line that begins with `rule `');

export const portsSpec = z
  .strictObject({
    /** The zone, such as `internal`. Default: the host's default zone (`firewall-cmd --get-default-zone`). */
    zone: aWord.optional(),
    /** Ports and ranges with their protocol: `80/tcp`, `8000-8010/udp`. */
    ports: z.array(aPort).default([]),
    /** Services that firewalld knows by name: `http`. */
    services: z.array(aWord).default([]),
    /** Whole protocols, by their name in /etc/protocols: `vrrp`. */
    protocols: z.array(aWord).default([]),
    /** Rules as firewalld.richlanguage(5) has them. */
    richRules: z.array(aRule).default([]),
    /** `absent` takes them out of both lists. Default `present`. */
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(
    (spec) => itemsOf(spec).length > 0,
    'name at least one of ports, services, protocols and richRules',
  );

export type PortsSpec = z.output<typeof portsSpec>;

interface Lists {
  readonly ports: readonly string[];
  readonly services: readonly string[];
  readonly protocols: readonly string[];
  readonly richRules: readonly string[];
}

/** One thing to be let in, as firewall-cmd has it behind `--add-`, `--query-` and `--remove-`: `port=80/tcp`. */
export type Item = string;

export function itemsOf(spec: Lists): Item[] {
  return [
    ...spec.ports.map((port) => `port=${port}`),
    ...spec.services.map((name) => `service=${name}`),
    ...spec.protocols.map((name) => `protocol=${name}`),
    ...spec.richRules.map((rule) => `rich-rule=${rule}`),
  ];
}

/** For people. */
export function itemWords(item: Item): string {
  return item.replace(/^(port|rich-rule)=/, '').replace(/^(service|protocol)=/, '$1 ');
}

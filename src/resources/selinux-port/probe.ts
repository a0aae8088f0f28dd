import { ProbeError, type Reader } from '../../model/index.ts';
import { lookAtPolicy } from '../selinux/look-at-policy.ts';
import type { PortRange } from './spec.ts';

/** A local rule of the host. */
export interface PortRule extends PortRange {
  readonly protocol: string;
  readonly type: string;
}

export interface PortsState {
  readonly store: string;
  readonly rules: readonly PortRule[];
  readonly hasType: boolean;
  readonly hasSemanage: boolean;
}

/** Steps of one type share this look. */
const LOOK = `echo '== ports'
local_file "$store/ports.local"
unknown_type "$1"
lacks semanage`;

/** Undefined where SELinux is disabled. */
export async function readPorts(type: string, host: Reader): Promise<PortsState | undefined> {
  const look = await lookAtPolicy(host, LOOK, type);
  if (!look) return undefined;
  return {
    store: look.store,
    rules: (look.section('ports') ?? []).map(parsePortRule),
    hasType: look.section('unknown type') === undefined,
    hasSemanage: look.section('no semanage') === undefined,
  };
}

/** A line of ports.local, such as `portcon tcp 8000 - 8010 system_u:object_r:http_port_t:s0`. */
export function parsePortRule(line: string): PortRule {
  const [, protocol = '', low, high, type = ''] =
    /^portcon\s+(\w+)\s+(\d+)(?:\s*-\s*(\d+))?\s+[^:\s]+:[^:\s]+:([^:\s]+)/.exec(line) ?? [];
  if (low === undefined)
    throw new ProbeError(`ports.local of the SELinux policy has a line that is no rule: ${line}`);
  return { protocol, low: Number(low), high: Number(high ?? low), type };
}

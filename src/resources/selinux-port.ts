import { z } from 'zod';
import {
  type Action,
  blocked,
  type Change,
  defineResource,
  differs,
  type Finding,
  type PredictedEffects,
  ProbeError,
  type Reader,
  shell,
} from '../model/index.ts';
import {
  lookAtPolicy,
  missingTool,
  requiredField,
  typeField,
  unknownType,
  whereDisabled,
} from './selinux/policy.ts';

/** One port (`low` is `high`) or several in a row. */
interface PortRange {
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

const portSpec = z.strictObject({
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

type PortSpec = z.output<typeof portSpec>;

function overlap(one: PortRange, other: PortRange): boolean {
  return one.low <= other.high && other.low <= one.high;
}

/** As semanage takes it: `8404` or `8000-8010`. */
function rangeText({ low, high }: PortRange): string {
  return low === high ? `${low}` : `${low}-${high}`;
}

/**
 * Ensures that ports have a type of the SELinux policy, so that a confined daemon may listen there or connect to them.
 *
 * The local rules of the host are compared (`semanage port -l -C`). What the policy itself says of a port cannot be read
 * cheaply, so a local rule is required even for a port that has the type anyway, such as 443 for http_port_t.
 *
 * Fields:
 * - `type` (required): such as `http_port_t`. `semanage port -l` lists them.
 * - `ports` (required): numbers, and ranges as `'8000-8010'`, from 1 to 65535.
 * - `protocol`: `tcp`, `udp`, `sctp` or `dccp`. Default `tcp`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * All ports are changed together in one run of semanage, which takes two to four seconds. A port with a local rule of another type gets
 * this one; plan shows which it had. A port within a local range of this type needs no rule of its own. Rules of ports that are not
 * listed stay.
 *
 * The step is blocked if a local rule covers only some of the wanted ports or has another type for a wider range (rules must not
 * overlap), if the policy has no such type, and if semanage is missing (package policycoreutils-python-utils, on EL 7
 * policycoreutils-python), unless an earlier step may bring the type or the tool.
 *
 * See semanage-port(8).
 *
 * @example
 * selinuxPort({ type: 'http_port_t', ports: [8404, '8000-8010'] })
 */
export const selinuxPort = defineResource({
  kind: 'selinuxPort',
  schema: portSpec,
  name: nameOf,
  manages: ({ protocol, ports }) =>
    ports.flatMap(({ low, high }) =>
      Array.from({ length: high - low + 1 }, (_, at) => `selinuxPort:${protocol}/${low + at}`),
    ),
  read: ({ type }, host) => readPorts(type, host),
  diff: decidePorts,
});

function nameOf({ protocol, ports, type }: PortSpec): string {
  return `${protocol}/${ports.map(rangeText).join(',')} ${type}`;
}

function decidePorts(spec: PortSpec, state: PortsState | undefined, effects: PredictedEffects): Finding {
  if (!state) return whereDisabled(spec);
  const rules = state.rules.filter(({ protocol }) => protocol === spec.protocol);
  const wanted = spec.ports.filter((port) => !rules.some((rule) => covers(rule, port, spec.type)));
  if (wanted.length === 0) return differs([]);
  if (!state.hasType) return unknownType(spec.type, state.store, effects);
  const inTheWay = rules.find((rule) => wanted.some((port) => overlap(rule, port) && !isSame(rule, port)));
  if (inTheWay) return overlapping(inTheWay);
  const noTool = state.hasSemanage ? undefined : missingTool('semanage', effects);
  return noTool ?? differs(changesOf(spec, wanted, rules));
}

function covers(rule: PortRule, { low, high }: PortRange, type: string): boolean {
  return rule.type === type && rule.low <= low && high <= rule.high;
}

function isSame(rule: PortRange, { low, high }: PortRange): boolean {
  return rule.low === low && rule.high === high;
}

/** Local rules must not overlap, and which of the two is meant is not for us to say. */
function overlapping(rule: PortRule): Finding {
  const range = rangeText(rule);
  return blocked(
    `a local rule for ${rule.protocol} ${range} (${rule.type}) overlaps the wanted ports`,
    `Delete it with \`semanage port -d -p ${rule.protocol} ${range}\`, or list exactly its ports.`,
  );
}

/** One change for each rule; the last one carries the command, which adds all of them together. */
function changesOf(
  { type, protocol }: PortSpec,
  wanted: readonly PortRange[],
  rules: readonly PortRule[],
): Change[] {
  const former = (port: PortRange) => rules.find((rule) => isSame(rule, port));
  const defined = wanted.filter(former);
  const action = ruleAction({ type, protocol, wanted, defined });
  return wanted.map((port, at) => {
    const had = former(port);
    return {
      aspect: `${protocol}/${rangeText(port)}`,
      summary: `${protocol} ${rangeText(port)}: ${had ? `${had.type} → ${type}` : `add ${type}`}`,
      actions: at === wanted.length - 1 ? [action] : [],
    };
  });
}

/**
 * One run of semanage for all ports, as each builds the policy again. Older ones refuse `-a` for a port that the policy itself
 * defines, which nothing cheap reports beforehand: nothing is changed then, and the next run modifies that port.
 */
const SET = `export LC_ALL=C
type=$1 protocol=$2 defined=" $3 "
shift 3
for try in "$@" last; do
  said=$(
    for port do
      case $defined in *" $port "*) verb=-m ;; *) verb=-a ;; esac
      printf 'port %s -t %s -p %s %s\\n' "$verb" "$type" "$protocol" "$port"
    done | semanage import 2>&1
  ) && exit 0
  port=$(printf '%s\\n' "$said" | sed -n "s|.*Port $protocol/\\([0-9-]*\\) already defined.*|\\1|p")
  [ -n "$port" ] || break
  defined="$defined$port "
done
printf '%s\\n' "$said" >&2
exit 1`;

interface PortRules {
  readonly type: string;
  readonly protocol: string;
  readonly wanted: readonly PortRange[];
  /** Those of them that have a local rule. */
  readonly defined: readonly PortRange[];
}

function ruleAction({ type, protocol, wanted, defined }: PortRules): Action {
  return {
    exec: shell(SET, type, protocol, defined.map(rangeText).join(' '), ...wanted.map(rangeText)),
  };
}

/** A local rule of the host. */
interface PortRule extends PortRange {
  readonly protocol: string;
  readonly type: string;
}

interface PortsState {
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
async function readPorts(type: string, host: Reader): Promise<PortsState | undefined> {
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

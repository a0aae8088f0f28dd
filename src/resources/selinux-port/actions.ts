import { type Action, shell } from '../../model/index.ts';
import { type PortRange, rangeText } from './spec.ts';

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

export interface PortRules {
  readonly type: string;
  readonly protocol: string;
  readonly wanted: readonly PortRange[];
  /** Those of them that have a local rule. */
  readonly defined: readonly PortRange[];
}

export function ruleAction({ type, protocol, wanted, defined }: PortRules): Action {
  return {
    exec: shell(SET, type, protocol, defined.map(rangeText).join(' '), ...wanted.map(rangeText)),
  };
}

import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import { WAIT } from '../iptables/restore-batch.ts';
import type { Allowed } from './firewalld-allows.ts';
import type { RequiredChanges } from './required-changes.ts';

/**
 * A service that fails to start would leave the host open: so its list is tried first, and firewalld, which
 * D-Bus may start at any time, is masked before it is stopped.
 */
const SWITCH = `export LC_ALL=C
unmask=$1 enable=$2 start=$3 mask=$4 stop=$5
umask 077
${OWN_FOLDER}
own_folder /run/trueup || exit
for unit in $start; do
  tool=\${unit%.service}
  ${WAIT}"$tool-restore" $wait --test <"/etc/sysconfig/$tool" || exit
  rm -f "/run/trueup/$tool.former"
  "$tool-save" >"/run/trueup/$tool.former" || exit
done
if [ -n "$unmask" ]; then systemctl unmask --runtime $unmask; systemctl unmask $unmask || exit; fi
[ -z "$mask" ] || systemctl mask firewalld.service || exit
[ -z "$stop" ] || systemctl stop firewalld.service || exit
[ -z "$enable" ] || systemctl enable $enable || exit
[ -z "$start" ] || systemctl restart $start
for unit in $start; do
  [ "$(systemctl is-active "$unit")" = active ] && continue
  journalctl -q -u "$unit" -n 10 --no-pager -o cat >&2
  echo "$unit did not start" >&2
  exit 1
done`;

/** The rest of the arguments are zones and options of firewall-cmd: what was in force without being saved, too. */
const BACK = `export LC_ALL=C
unmask=$1 enable=$2 start=$3 mask=$4 stop=$5
shift 5
[ -z "$start" ] || systemctl stop $start
[ -z "$enable" ] || systemctl disable $enable
[ -z "$unmask" ] || systemctl mask $unmask
[ -z "$mask" ] || systemctl unmask firewalld.service
if [ -n "$stop" ]; then
  systemctl start firewalld.service || exit
  while [ $# -gt 1 ]; do
    firewall-cmd -q --zone="$1" "$2"
    shift 2
  done
  exit 0
fi
for unit in $start; do
  tool=\${unit%.service}
  ${WAIT}[ ! -f "/run/trueup/$tool.former" ] || "$tool-restore" $wait <"/run/trueup/$tool.former"
done`;

/** Does all that the units lack; it is undone where no new connection can be made right after it. */
export function switchAction(owed: RequiredChanges, allowed: readonly Allowed[]): Action {
  const words = [
    ...[owed.unmask, owed.enable, owed.start].map((names) => names.join(' ')),
    owed.mask ? 'yes' : '',
    owed.stop ? 'yes' : '',
  ];
  const exec = shell(SWITCH, ...words);
  if (!owed.stop && owed.start.length === 0) return { exec };
  const options = allowed.flatMap(({ zone, option }) => (option === undefined ? [] : [zone, option]));
  return { exec, undo: shell(BACK, ...words, ...options) };
}

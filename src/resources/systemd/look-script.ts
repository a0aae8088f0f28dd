import { ABSENT, LISTABLE } from '../../model/index.ts';

const PROPERTIES = [
  'Id',
  'LoadState',
  'LoadError',
  'ActiveState',
  'MainPID',
  'Type',
  'RemainAfterExit',
  'CanReload',
  'NeedDaemonReload',
  'FragmentPath',
  'DropInPaths',
  'InactiveExitTimestampMonotonic',
];

/**
 * $1 is the unit, the rest are files. A unit on its way to another state is waited for, a few seconds long.
 * The clock is read before the uptime: so the start that follows from both is never later than the true one.
 * systemd's own NeedDaemonReload does not see a new drop-in folder, nor a unit file that takes precedence over the
 * loaded one: so the unit's files on the disk are listed too. Nor does it see that a package was removed, or a unit
 * disabled, without a daemon-reload: so the disk is asked for both. What the host refuses to show ends the look: read as
 * "missing", "no record" or "disabled" it would be acted upon.
 */
export const LOOK = `
export LC_ALL=C
${ABSENT}
${LISTABLE}
unit=$1
shift
look() { systemctl show ${PROPERTIES.map((name) => `-p ${name}`).join(' ')} -- "$unit"; }
tries=0
while :; do
  seen=$(look) || exit
  case $seen in
  *ActiveState=activating* | *ActiveState=deactivating* | *ActiveState=reloading* | *ActiveState=refreshing*) ;;
  *) break ;;
  esac
  [ "$tries" -lt 25 ] || break
  tries=$((tries + 1))
  sleep 0.2
done
value() { printf '%s\\n' "$seen" | sed -n "s/^$1=//p"; }
id=$(value Id)
printf '%s\\n' "$seen"
echo "enablement=$(systemctl is-enabled -- "$id" 2>&1 | tail -n 1)"
fragment=$(value FragmentPath)
[ -z "$fragment" ] || [ -e "$fragment" ] || ! absent "$fragment" || echo 'gone=yes'
echo "now=$(date +%s.%N)"
read -r uptime rest </proc/uptime
echo "uptime=$uptime"
pid=$(value MainPID)
if [ "\${pid:-0}" != 0 ]; then
  if stat=$(cat "/proc/$pid/stat" 2>&1); then echo "ticks=$(echo "\${stat##*) }" | cut -d ' ' -f 20)"
  else case $stat in *': No such file or directory' | *': No such process') ;; *) echo "$stat" >&2; exit 2 ;; esac
  fi
fi
echo '== record'
record=/run/trueup/loaded/$id
if [ -e "$record" ]; then cat -- "$record" || exit 2
else absent "$record"
fi
echo '== files'
for file do
  if [ -f "$file" ]; then
    sum=$(sha256sum <"$file") || exit 2
    echo "\${sum%% *}@$(stat -L -c %.9Y -- "$file") $(stat -L -c %.9Z -- "$file") $(stat -c %.9Z -- "$file") $file"
  elif [ -e "$file" ] || ! absent "$file"; then
    echo "other 0 0 $file"
  else
    echo "missing 0 0 $file"
  fi
done
echo '== unitfiles'
case $id in *@*) names="$id \${id%%@*}@.\${id##*.}" ;; *) names=$id ;; esac
[ ! -f "/etc/systemd/system/$id" ] || [ -L "/etc/systemd/system/$id" ] || echo "/etc/systemd/system/$id"
for name in $names; do
  for folder in /etc /run /usr/lib; do
    listable "$folder/systemd/system"
    [ ! -d "$folder/systemd/system/$name.d" ] || listable "$folder/systemd/system/$name.d"
    for file in "$folder/systemd/system/$name.d"/*.conf; do
      [ ! -f "$file" ] || [ ! -s "$file" ] || echo "$file"
    done
  done
done
echo '== units'
[ -n "$fragment" ] && [ -e "$fragment" ] || systemctl list-unit-files --no-legend --no-pager | cut -d ' ' -f 1
exit 0`;

/**
 * Defines, for a host that enforces SELinux, `mark_denials` (comes before the verb) and `watch_denials FILE…` (after
 * the unit is stable): a reload can succeed for systemd although SELinux has refused a port or a file that the unit
 * was told to use, and only its own log says so. Prints the denials that are about the unit: of the type that its main
 * process runs as, by one of its processes, about binding or connecting a socket, or one of the files. Watches for at
 * most a second, since auditd writes a moment later; a unit that is not confined is not watched. Elsewhere it costs
 * one test of a file.
 */
export const DENIALS_WATCH = `
enforce=/sys/fs/selinux/enforce audit=/var/log/audit/audit.log auditd=/run/auditd.pid
audit_end() { set -- $(stat -c '%i %s' -- "$audit" 2>/dev/null); inode=$1 size=\${2:-0}; }
mark_denials() {
  mode=
  [ ! -e "$enforce" ] || read -r mode <"$enforce" || :
  [ "$mode" = 1 ] || return 0
  audit_end
  marked=$inode from=$size
}
new_records() {
  if [ -f "$auditd" ] && [ -d "/proc/$(cat "$auditd")" ] && [ -f "$audit" ]; then
    audit_end
    [ "$inode" = "$marked" ] || from=0
    tail -c "+$((from + 1))" -- "$audit"
  else
    journalctl -q -k --no-pager -o cat "$since"
  fi
}
unit_denials() {
  new_records | awk -v type=":$1:" -v inodes=" $2 " '/avc: +denied/ && !/permissive=1/ {
    if (!match($0, /scontext=[^ ]+/) || !index(substr($0, RSTART, RLENGTH) ":", type)) next
    port = /[{][^}]* name_(bind|connect) /
    file = match($0, / ino=[0-9]+/) && index(inodes, " " substr($0, RSTART + 5, RLENGTH - 5) " ")
    if (port || file) print substr($0, 1, 2000)
  }' | while IFS= read -r record; do
    by=\${record#* pid=}
    case $(cat "/proc/\${by%% *}/cgroup" 2>/dev/null) in '' | *"/$unit"*) printf '%s\\n' "$record" ;; esac
  done | head -n 5
}
watch_denials() {
  [ "$mode" = 1 ] && [ -r "/proc/$pid/attr/current" ] || return 0
  type=
  IFS=: read -r user role type level <"/proc/$pid/attr/current" || :
  case $type in '' | init_t | initrc_t | kernel_t | unconfined_t | unconfined_service_t) return 0 ;; esac
  inodes=
  [ $# = 0 ] || inodes=$(stat -L -c %i -- "$@" 2>/dev/null | tr '\\n' ' ')
  for pause in 0.2 0.2 0.2 0.2 0; do
    denials=$(unit_denials "$type" "$inodes")
    [ -z "$denials" ] || break
    sleep "$pause"
  done
  [ -z "$denials" ] || printf '%s\\n' "$denials"
}
`;

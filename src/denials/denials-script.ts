/**
 * Prints what SELinux has refused within the last $1 seconds by the host's own clock; nothing where it does not enforce.
 * $2 is where the kernel shows its mode, $3 the audit log. Without auditd the kernel's own log has the denials. Behind
 * `== why` comes what audit2why makes of them, where the host has it.
 */
export const DENIALS = `
export LC_ALL=C
[ -e "$2" ] || exit 0
mode=
read -r mode <"$2"
[ "$mode" = 1 ] || exit 0
since=$(($(date +%s) - $1))
denied() {
  awk -v since="$since" '/avc: +denied/ && !/permissive=1/ {
    at = $0
    sub(/.*audit\\(/, "", at)
    if (at !~ /^[0-9]/ || at + 0 >= since) print substr($0, 1, 2000)
  }' | tail -n 100
}
logged() { for file in "$1.1" "$1"; do [ ! -f "$file" ] || tail -c 1048576 -- "$file"; done; }
found=$(logged "$3" | denied)
[ -n "$found" ] || found=$(timeout 5 journalctl -q --no-pager -o cat -n 2000 --since "@$since" _TRANSPORT=kernel + _TRANSPORT=audit | denied)
[ -n "$found" ] || exit 0
printf '%s\\n' "$found"
command -v audit2why >/dev/null || exit 0
echo '== why'
printf '%s\\n' "$found" | timeout 4 audit2why
exit 0`;

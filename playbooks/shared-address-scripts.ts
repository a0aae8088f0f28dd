/** keepalived's `notify` writes it at each change: MASTER, BACKUP, FAULT or STOP. */
const STATE = '/run/keepalived-state';

/** Where nothing has changed since keepalived was told to write it, its journal says how the last change ended. */
const LAST_STATE = `{ cat ${STATE} 2>/dev/null || journalctl -q -r -u keepalived -o cat | sed -n '/.*Entering \\([A-Z]*\\) STATE.*/{s//\\1/p;q}'; }`;

/** Whether the host has the address $1. */
export const HOLDS = 'ip -o -4 address show | grep -qF " inet $1/"';

/** Whether keepalived stands by, or has the address already. */
export const IS_READY = `systemctl is-active -q keepalived && ${LAST_STATE} | grep -q -x -e BACKUP -e MASTER`;

/** Whether nobody has the address $1, so that nobody gives it away. Whoever has it answers who asks for its hardware address. */
export const IS_NOBODYS =
  'ping -c 1 -W 1 "$1" >/dev/null; [ $? != 127 ] && ! ip neigh show "$1" | grep -q lladdr';

/** Whether nothing is to be done for keepalived: it runs, or it is not set up here (yet). */
export const IS_IDLE =
  '! systemctl is-enabled -q keepalived 2>/dev/null || systemctl is-active -q keepalived';

/** Waits until keepalived stands by: its check asks haproxy twice, a second apart, before it believes that it is back. */
export const BECOME_READY = waitUntil(IS_READY);

/** Starts keepalived and waits until it stands by. */
export const START = `
rm -f ${STATE}
systemctl start keepalived || exit
${waitUntil(`grep -q -s -x -e BACKUP -e MASTER ${STATE}`)}`;

function waitUntil(ready: string): string {
  return `
looks=0
until ${ready}; do
  looks=$((looks + 1))
  [ "$looks" -le 100 ] || {
    echo "keepalived is not ready here after 20 s: $(systemctl is-active keepalived), $(${LAST_STATE})" >&2
    exit 1
  }
  sleep 0.2
done`;
}

/**
 * The address $1 goes to a peer. Whoever wants to connect meanwhile is not answered, so that he asks again a second later
 * and finds the peer. Requests that are under way get 1.5 s to end: more would make him wait until he asks a third time. What
 * is left then is reset while the address is still here (the kernel of CentOS 7 cannot): otherwise such a client would wait
 * for an answer that never comes.
 */
export const GIVE_AWAY = `
export LC_ALL=C
if command -v iptables >/dev/null; then
  rule="INPUT -d $1 -p tcp --syn -j DROP"
  pause() { iptables -w -I $rule; }
  resume() { iptables -w -D $rule; }
else
  table='ip trueup_pause'
  pause() {
    nft "add table $table; add chain $table syn { type filter hook input priority -10; };
      add rule $table syn ip daddr $1 tcp flags & (syn | ack) == syn drop"
  }
  resume() { nft delete table $table; }
fi
trap resume EXIT
trap 'exit 1' HUP INT TERM
pause "$1" || exit
busy() {
  ss -tn state established state syn-recv state fin-wait-1 state close-wait state last-ack src "$1" | sed 1d
}
hundredths() { read -r uptime rest </proc/uptime; echo "\${uptime%.*}\${uptime#*.}"; }
end=$(($(hundredths) + 150))
while [ -n "$(busy "$1")" ] && [ "$(hundredths)" -lt "$end" ]; do sleep 0.05; done
ss -K -tn src "$1" >/dev/null 2>&1
systemctl stop keepalived`;

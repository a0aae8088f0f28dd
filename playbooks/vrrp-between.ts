import type { Openings } from './firewall.ts';

/** What lets VRRP pass between a host and its peers, by their addresses, in either firewall. */
export function vrrpBetween(peers: readonly string[]): Openings {
  return {
    iptables: peers.map((peer) => `-A INPUT -s ${peer}/32 -p vrrp -j ACCEPT`),
    richRules: peers.map(
      (peer) => `rule family="ipv4" source address="${peer}" protocol value="vrrp" accept`,
    ),
    out: { protocols: ['vrrp'] },
  };
}

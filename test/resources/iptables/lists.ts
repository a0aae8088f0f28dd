/** What EL's iptables-services brings as /etc/sysconfig/iptables. */
export const elSavedList = `# sample configuration for iptables service
# you can edit this manually or use system-config-firewall
# please do not ask us to add additional ports/services to this default configuration
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
COMMIT
`;

/** The rules of the load balancer playbook. */
export const shippedRules = [
  '-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT',
  '-A INPUT -p tcp -m tcp --dport 443 -m conntrack --ctstate NEW -j ACCEPT',
  '-A OUTPUT -p tcp -m tcp --dport 80 -j ACCEPT',
  '-A OUTPUT -p tcp -m tcp --dport 443 -j ACCEPT',
];

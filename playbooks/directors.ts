import {
  definePlaybook,
  httpCheck,
  iptablesRules,
  kernelModule,
  type Step,
  secret,
  sysctl,
  systemdService,
  tcpCheck,
  template,
  tlsCheck,
  virtualAddress,
  virtualAddressCheck,
  yumPackage,
  z,
} from 'trueup';
import { firewall, firewallChoice, firewallPackage, firewallService } from './firewall.ts';
import { ipvsMistakes } from './ipvs-mistakes.ts';
import { type IpvsSettings, ipvsSettings } from './ipvs-settings.ts';
import { CONFIG_TEST } from './keepalived-config-test.ts';
import { lanAddress } from './lan-address.ts';
import { lanInterface } from './lan-interface.ts';
import { vrrpBetween } from './vrrp-between.ts';
import { vrrpPassword } from './vrrp-password.ts';

const CONFIG = '/etc/keepalived/keepalived.conf';
/** Seconds: the first time, somebody must take the address, and then find that the servers answer. */
const SETTLE = 30;
const PORTS = [80, 443];

/**
 * Directors: keepalived has the kernel (IPVS) spread connections to the address `vip`, ports 80 and 443, over the web
 * servers that are healthy. The servers see the client's own address and hold the certificates. With two directors, the
 * one with the higher priority holds the address.
 *
 * A host whose kernel has no IPVS is blocked in plan. docs/ipvs.md tells which `lbKind` to choose.
 */
export default definePlaybook({
  name: 'Directors',
  hosts: 'directors',
  vars: ipvsSettings.extend({
    /** Who gets the next connection: `rr` takes turns, `wlc` goes to the server with the fewest; see ipvsadm(8). */
    scheduler: z.enum(['rr', 'wlc', 'lc', 'sh', 'sed', 'nq']).default('rr'),
    /** A server is healthy when it answers a request, or (`tcp`) a connection. */
    healthCheck: z.enum(['http', 'tcp']).default('http'),
    /** What is asked for; the answer must be 200. */
    healthPath: z.string().startsWith('/').default('/'),
    /** The highest one holds the address. Each director has its own, 1 to 254. */
    priority: z.int().min(1).max(254).default(100),
    /** The same on all directors, and on nobody else in their net. */
    virtualRouterId: z.int().min(1).max(255).default(60),
    /** The interface that gets the address. Default: the one with the director's own address. */
    interface: z.string().min(1).optional(),
    /** `password`: as VRRP_PASSWORD in `.env`, at most 8 characters. It goes over the net in clear. */
    vrrpAuthentication: z.enum(['password', 'none']).default('password'),
    /** Which firewall the hosts have. */
    firewall: firewallChoice,
  }),

  requires: ({ hosts, group }) =>
    ipvsMistakes(hosts, {
      all: group('all'),
      servers: group('webservers'),
      balancers: group('loadbalancers'),
    }),

  steps: (context) => {
    const { host, vars, group } = context;
    const peers = group('directors')
      .filter(({ name }) => name !== host.name)
      .map(lanAddress);
    const own = lanInterface(host, context.facts, vars.interface);
    return [
      // A host without IPVS is told so in plan, and gets nothing else. The kernel loads the scheduler by itself.
      kernelModule({ name: 'ip_vs' }),
      virtualAddress({ address: vars.vip, peers }),
      yumPackage({ names: ['keepalived', 'ipvsadm', firewallPackage(vars.firewall)] }),

      sysctl({
        file: '/etc/sysctl.d/91-ipvs.conf',
        settings: {
          'net.ipv4.ip_forward': vars.lbKind === 'NAT' ? 1 : 0,
          // A client in the same net must not be told of a shorter way.
          'net.ipv4.conf.all.send_redirects': 0,
          [`net/ipv4/conf/${own}/send_redirects`]: 0,
        },
      }),
      template({
        path: CONFIG,
        source: 'templates/ipvs.conf.ejs',
        mode: '0600',
        data: {
          name: host.name,
          interface: own,
          id: vars.virtualRouterId,
          priority: vars.priority,
          password:
            vars.vrrpAuthentication === 'password' ? vrrpPassword(secret('VRRP_PASSWORD')) : undefined,
          vip: vars.vip,
          lbKind: vars.lbKind,
          scheduler: vars.scheduler,
          healthPath: vars.healthPath,
          services: [
            { port: 80, check: vars.healthCheck === 'tcp' ? 'TCP_CHECK' : 'HTTP_GET' },
            { port: 443, check: vars.healthCheck === 'tcp' ? 'TCP_CHECK' : 'SSL_GET' },
          ],
          servers: group('webservers').map(lanAddress),
        },
        validate: ['sh', '-c', CONFIG_TEST, 'config-test', '%s'],
      }),

      ...firewallService(vars.firewall),
      ...firewall(vars.firewall, { tcp: PORTS, ...vrrpBetween(peers) }),
      ...forwarding(vars),

      systemdService({
        name: 'keepalived',
        enabled: true,
        running: true,
        reloadOn: [CONFIG],
        failureWords: 'Unknown keyword',
      }),
    ];
  },

  verify: ({ host, vars: { vip }, group }) => {
    const among = group('directors');
    if (host.name !== among[0]?.name) return [];
    const reaches = group('webservers').map(({ name }) => name);
    const requests = 5 * reaches.length;
    return [
      tcpCheck({ address: vip, port: 443, settle: SETTLE }),
      virtualAddressCheck({ address: vip, among, settle: SETTLE }),
      httpCheck({ url: `http://${vip}/whoami`, requests, reaches, settle: SETTLE, showsClient: true }),
      tlsCheck({ address: vip, requests, reaches, settle: SETTLE }),
    ];
  },
});

/** With NAT the answers come through here; of their connections this host's conntrack knows nothing. */
function forwarding({
  lbKind,
  firewall: choice,
}: Pick<IpvsSettings, 'lbKind'> & { firewall: string }): Step[] {
  if (choice !== 'iptables') return [];
  const rules = PORTS.map((port) => `-A FORWARD -p tcp -m tcp --sport ${port} -j ACCEPT`);
  return [iptablesRules({ rules, state: lbKind === 'NAT' ? 'present' : 'absent' })];
}

import {
  definePlaybook,
  directory,
  failoverCheck,
  file,
  httpCheck,
  secret,
  systemdService,
  template,
  virtualAddress,
  virtualAddressCheck,
  z,
} from 'trueup';
import { CONFIG_TEST } from './keepalived-config-test.ts';
import { lanAddress } from './lan-address.ts';
import { lanInterface } from './lan-interface.ts';
import { giveAddressAway, holderLast, sharedAddressVars, takeAddressBack } from './shared-address.ts';
import { tlsWay } from './tls-way.ts';
import { vrrpMistakes } from './vrrp-mistakes.ts';
import { vrrpPassword } from './vrrp-password.ts';

const CONFIG = '/etc/keepalived/keepalived.conf';
const AWAY = '/run/keepalived-away';
// Where EL's SELinux policy lets keepalived run scripts.
const SCRIPTS = '/usr/libexec/keepalived';

/**
 * keepalived: the balancers share the address `vip` by VRRP, and the one with the highest priority whose haproxy
 * answers holds it. Without the var `vip` there is nothing to do. Runs after loadbalancers.ts, which brings haproxy, the
 * package, and a firewall that lets balancers with a `vip` speak VRRP: closed for longer than the few seconds in which it
 * changes hands, both would hold the address.
 *
 * A balancer gives the address away while /run/keepalived-away exists there, and takes it back, if `preempt` lets it,
 * when that is gone.
 */
export default definePlaybook({
  name: 'Virtual address',
  hosts: 'loadbalancers',
  vars: z.object({
    ...sharedAddressVars,
    /** The same on all balancers, and on nobody else in their net. */
    virtualRouterId: z.int().min(1).max(255).default(51),
    /** The interface that gets the address. Default: the one with the balancer's own address. */
    interface: z.string().min(1).optional(),
    /** Talk to each other by unicast: for nets that carry no multicast, such as those of most clouds. */
    unicast: z.boolean().default(false),
    /** `password`: as VRRP_PASSWORD in `.env`, at most 8 characters. It goes over the net in clear. */
    vrrpAuthentication: z.enum(['password', 'none']).default('password'),
    tls: tlsWay,
  }),

  serial: 1,
  last: holderLast,
  before: (context) => (context.pending.restarts.includes('keepalived') ? giveAddressAway(context) : []),
  after: (context) => takeAddressBack(context, context.pending.restarts.includes('keepalived')),

  requires: ({ hosts, group }) => vrrpMistakes(hosts, group('all')),

  steps: (context) => {
    const { host, vars, group } = context;
    const { vip } = vars;
    if (vip === undefined) return [];
    const password =
      vars.vrrpAuthentication === 'password' ? vrrpPassword(secret('VRRP_PASSWORD')) : undefined;
    const peers = group('loadbalancers')
      .filter(({ name }) => name !== host.name)
      .map(lanAddress);
    return [
      virtualAddress({ address: vip, peers }),
      directory({ path: SCRIPTS }),
      file({ path: `${SCRIPTS}/note-state`, source: 'templates/note-state', mode: '0755' }),
      file({ path: `${SCRIPTS}/check-haproxy`, source: 'templates/check-haproxy', mode: '0755' }),
      template({
        path: CONFIG,
        source: 'templates/keepalived.conf.ejs',
        mode: '0600',
        data: {
          name: host.name,
          script: `${SCRIPTS}/check-haproxy`,
          notify: `${SCRIPTS}/note-state`,
          interface: lanInterface(host, context.facts, vars.interface),
          address: lanAddress(host),
          peers: vars.unicast ? peers : [],
          vip,
          password,
          id: vars.virtualRouterId,
          priority: vars.priority,
          preempt: vars.preempt,
        },
        validate: ['sh', '-c', CONFIG_TEST, 'config-test', '%s'],
      }),

      systemdService({
        name: 'keepalived',
        enabled: true,
        running: true,
        reloadOn: [CONFIG],
        failureWords: 'Unknown keyword',
      }),
    ];
  },

  verify: ({ host, vars: { vip, tls }, group }) => {
    if (vip === undefined) return [];
    const among = group('loadbalancers');
    const url = `http://${vip}/whoami`;
    const [giveAway, takeBack] = [['touch', AWAY] as const, ['rm', '-f', AWAY] as const];
    const failover =
      among.length > 1 ? [failoverCheck({ address: vip, among, url, giveAway, takeBack })] : [];
    // The rest is the same from every balancer: once is enough.
    if (host.name !== among[0]?.name) return failover;
    const reaches = group('webservers').map(({ name }) => name);
    const requests = 5 * reaches.length;
    const asked = { requests, reaches, insecure: true };
    return [
      virtualAddressCheck({ address: vip, among }),
      httpCheck({ url, ...asked, showsClient: true }),
      httpCheck({ url: `https://${vip}/whoami`, ...asked, showsClient: tls !== 'passthrough' }),
      ...failover,
    ];
  },
});

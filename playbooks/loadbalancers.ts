import {
  definePlaybook,
  directory,
  file,
  type Host,
  httpCheck,
  logLineCheck,
  type Step,
  sysctl,
  systemdService,
  template,
  tlsCheck,
  yumPackage,
  z,
} from 'trueup';
import { CERTIFICATE_TEST } from './certificate-test.ts';
import { firewall, firewallChoice, firewallPackage, firewallService, type Openings } from './firewall.ts';
import { lanAddress } from './lan-address.ts';
import { giveAddressAway, holderLast, sharedAddressVars, takeAddressBack } from './shared-address.ts';
import { siteCertificate } from './site-certificate.ts';
import { PROXY_PROTOCOL_PORT, type TlsWay, tlsWay } from './tls-way.ts';
import { vrrpBetween } from './vrrp-between.ts';

const CONFIG = '/etc/haproxy/haproxy.cfg';
const DROP_IN = '/etc/systemd/system/haproxy.service.d/log.conf';
const LOG_SOCKET = '/var/lib/haproxy/dev/log';
const CERTIFICATE = '/etc/haproxy/tls/site.pem';
// Of the web servers: what a client must see where TLS is not ended here.
const SERVER_CERTIFICATE = '/etc/nginx/tls/server.crt';
const LOST = `TLS goes through as it is, so the web servers take a balancer for the client. For them to see the client, set
\`tls\` to proxy-protocol (they end TLS) or terminate (the balancers do), or let playbooks/ipvs.ts balance.`;
const DH_PARAMETERS = '/etc/haproxy/ffdhe2048.pem';

/**
 * haproxy in front of the web servers: HTTP on 80 with the client's address passed on, and TLS on 443 as the var `tls`
 * says. With `terminate` the certificate comes from `.env`: TLS_CERTIFICATE (with those that lead to its issuer after
 * it) and TLS_KEY, both PEM; it wants haproxy 1.8 at least, so not that of CentOS 7.
 */
export default definePlaybook({
  name: 'Load balancers',
  hosts: 'loadbalancers',
  vars: z.object({
    /** Connections at once; haproxy needs a little more than twice as many open files. */
    maxconn: z.int().min(1).default(4000),
    /** The version of haproxy, such as 2.6.12-4.el9. Left out: the newest at first, then the one that is there. */
    haproxyVersion: z.string().min(1).optional(),
    /** Which firewall the hosts have. */
    firewall: firewallChoice,
    /** What becomes of TLS. */
    tls: tlsWay,
    ...sharedAddressVars,
  }),

  // A reload serves on. Only for a restart, also that of another version, does the address go elsewhere.
  serial: 1,
  last: holderLast,
  before: (context) => (context.pending.restarts.includes('haproxy') ? giveAddressAway(context) : []),
  after: (context) => takeAddressBack(context, context.pending.restarts.includes('haproxy')),

  steps: ({ host, vars, group }) => [
    ...packages(['keepalived', 'rsyslog', 'socat', firewallPackage(vars.firewall)], vars.haproxyVersion),

    // haproxy is locked into /var/lib/haproxy: the log's socket must be there too. systemd would make the mount point
    // itself, but SELinux does not let it write there.
    directory({ path: '/etc/systemd/system/haproxy.service.d' }),
    file({ path: DROP_IN, content: `[Service]\nBindReadOnlyPaths=/dev/log:${LOG_SOCKET}\n` }),
    directory({ path: '/var/lib/haproxy/dev' }),
    file({ path: LOG_SOCKET, content: '' }),
    file({ path: '/etc/rsyslog.d/haproxy.conf', content: 'local2.*        /var/log/haproxy.log\n' }),
    systemdService({
      name: 'rsyslog',
      enabled: true,
      running: true,
      restartOn: ['/etc/rsyslog.d/haproxy.conf'],
    }),

    // An address that moves between balancers can be listened on before it is here.
    sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1 } }),
    ...(vars.tls === 'terminate' ? certificateSteps() : []),
    template({
      path: CONFIG,
      source: 'templates/haproxy.cfg.ejs',
      mode: '0644',
      data: {
        maxconn: vars.maxconn,
        tls: vars.tls,
        certificate: CERTIFICATE,
        dhParameters: DH_PARAMETERS,
        proxyProtocolPort: PROXY_PROTOCOL_PORT,
        backends: group('webservers').map((web) => ({ name: web.name, address: lanAddress(web) })),
      },
      validate: ['haproxy', '-c', '-f', '%s'],
    }),

    ...firewallService(vars.firewall),
    ...firewall(vars.firewall, openings(vars, peersOf(host, group('loadbalancers')))),

    systemdService({
      name: 'haproxy',
      enabled: true,
      running: true,
      reloadOn: [CONFIG, ...(vars.tls === 'terminate' ? [CERTIFICATE, DH_PARAMETERS] : [])],
      failureWords: 'Loading failure!',
      restartOn: [DROP_IN, '/usr/sbin/haproxy'],
    }),
  ],

  verify: ({ host: { address }, vars: { tls }, group }) => {
    const reaches = group('webservers').map(({ name }) => name);
    const requests = 5 * reaches.length;
    const asked = { requests, reaches, insecure: true };
    const certificates = group('webservers').map((on) => ({ on, path: SERVER_CERTIFICATE }));
    return [
      httpCheck({ url: `http://${address}/whoami`, ...asked, showsClient: true }),
      httpCheck({
        url: `https://${address}/whoami`,
        ...asked,
        showsClient: tls !== 'passthrough' || { otherwise: LOST },
      }),
      tls === 'terminate'
        ? tlsCheck({ address, fingerprint: siteCertificate().fingerprint })
        : tlsCheck({ address, requests, certificates }),
      logLineCheck({ path: '/var/log/haproxy.log', request: `http://${address}/` }),
    ];
  },
});

/** With VRRP in the same step: balancers that stopped hearing each other would both take the address. */
function openings({ tls, vip }: { tls: TlsWay; vip?: string | undefined }, peers: readonly Host[]): Openings {
  const vrrp: Openings = vip === undefined ? {} : vrrpBetween(peers.map(lanAddress));
  const servers = [80, 443, ...(tls === 'proxy-protocol' ? [PROXY_PROTOCOL_PORT] : [])];
  return { ...vrrp, tcp: [80, 443], out: { ...vrrp.out, tcp: servers } };
}

function peersOf({ name }: Host, balancers: readonly Host[]): Host[] {
  return balancers.filter((host) => host.name !== name);
}

function packages(names: readonly string[], version: string | undefined): Step[] {
  if (version === undefined) return [yumPackage({ names: ['haproxy', ...names] })];
  return [yumPackage({ names: ['haproxy'], version }), yumPackage({ names: [...names] })];
}

/** What haproxy needs to end TLS. */
function certificateSteps(): Step[] {
  return [
    directory({ path: '/etc/haproxy/tls', mode: '0700' }),
    file({
      path: CERTIFICATE,
      mode: '0600',
      content: siteCertificate().pem,
      validate: ['sh', '-c', CERTIFICATE_TEST, 'certificate-test', '%s'],
    }),
    // A group for clients without elliptic curves: ffdhe2048 of RFC 7919.
    file({ path: DH_PARAMETERS, source: 'templates/ffdhe2048.pem' }),
  ];
}

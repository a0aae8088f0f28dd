import {
  command,
  definePlaybook,
  directory,
  file,
  haproxyServer,
  httpCheck,
  on,
  systemdService,
  template,
  tlsCheck,
  yumPackage,
  z,
} from 'trueup';
import { firewall, firewallChoice, firewallPackage, firewallService, type Openings } from './firewall.ts';
import { lanAddress } from './lan-address.ts';
import { PROXY_PROTOCOL_PORT } from './tls-way.ts';

const KEY = '/etc/nginx/tls/server.key';
const CERTIFICATE = '/etc/nginx/tls/server.crt';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', KEY];
const SELF_SIGNED = ['req', '-x509', '-days', '3650', ...NEW_KEY, '-out', CERTIFICATE];

/** nginx on 80 and 443, with a page that says which server answered, and /whoami that also says whom. */
export default definePlaybook({
  name: 'Web servers',
  hosts: 'webservers',
  vars: z.object({
    /** Which firewall the hosts have. */
    firewall: firewallChoice,
    /** Seconds that sessions get to end before a server's nginx is restarted. */
    drain: z.int().min(1).max(86_400).default(60),
  }),

  // A reload serves on. Only for a restart are the balancers told to send nobody there.
  serial: 1,
  before: ({ host: { name: server }, vars, group, pending: { restarts } }) =>
    restarts.includes('nginx')
      ? [on(group('loadbalancers'), haproxyServer({ server, state: 'drain', wait: vars.drain }))]
      : [],
  after: ({ host: { name: server }, group, pending: { restarts } }) => [
    on(
      group('loadbalancers'),
      haproxyServer({ server, state: 'ready', wait: restarts.includes('nginx') ? 30 : 0 }),
    ),
  ],

  steps: ({ host, vars, group }) => [
    yumPackage({ names: ['nginx', 'openssl', firewallPackage(vars.firewall)] }),

    directory({ path: '/srv/www' }),
    file({ path: '/srv/www/index.html', content: `<!doctype html>\n<h1>This is ${host.name}</h1>\n` }),

    directory({ path: '/etc/nginx/tls', mode: '0700' }),
    command({
      name: 'self-signed certificate',
      run: ['openssl', ...SELF_SIGNED, '-subj', `/CN=${host.name}`],
      creates: CERTIFICATE,
      changes: [KEY, CERTIFICATE],
    }),

    template({
      path: '/etc/nginx/nginx.conf',
      source: 'templates/nginx.conf.ejs',
      data: {
        name: host.name,
        balancers: group('loadbalancers').map(lanAddress),
        proxyProtocolPort: PROXY_PROTOCOL_PORT,
      },
      validate: ['nginx', '-t', '-c', '%s'],
    }),

    ...firewallService(vars.firewall),
    ...firewall(vars.firewall, {
      tcp: [80, 443],
      ...proxyProtocolFrom(group('loadbalancers').map(lanAddress)),
    }),

    systemdService({
      name: 'nginx',
      enabled: true,
      running: true,
      reloadOn: ['/etc/nginx/nginx.conf', CERTIFICATE],
      restartOn: ['/usr/sbin/nginx'],
    }),
  ],

  verify: ({ host: { name, address } }) => [
    httpCheck({ url: `http://${address}/`, contains: name }),
    httpCheck({ url: `https://${address}/`, contains: name, insecure: true }),
    // A client is not believed to be somebody else.
    httpCheck({
      url: `http://${address}/whoami`,
      headers: { 'X-Forwarded-For': '192.0.2.1' },
      showsClient: true,
    }),
    tlsCheck({ address, reaches: [name] }),
  ],
});

/** Whoever speaks the PROXY protocol could claim to be anybody: only the balancers get there. */
function proxyProtocolFrom(balancers: readonly string[]): Openings {
  const port = PROXY_PROTOCOL_PORT;
  return {
    iptables: balancers.map(
      (address) =>
        `-A INPUT -s ${address}/32 -p tcp -m tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`,
    ),
    richRules: balancers.map(
      (address) => `rule family="ipv4" source address="${address}" port port="${port}" protocol="tcp" accept`,
    ),
  };
}

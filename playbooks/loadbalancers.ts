import {
  definePlaybook,
  directory,
  file,
  httpCheck,
  logLineCheck,
  sysctl,
  systemdService,
  template,
  tlsCheck,
  yumPackage,
  z,
} from 'trueup';
import { firewall, firewallChoice, firewallPackage, firewallService } from './firewall.ts';
import { lanAddress } from './lan-address.ts';

/** haproxy in front of the web servers: HTTP on 80 with the client's address passed on, TLS on 443 untouched. */
export default definePlaybook({
  name: 'Load balancers',
  hosts: 'loadbalancers',
  vars: z.object({
    /** Connections at once; haproxy needs a little more than twice as many open files. */
    maxconn: z.int().min(1).default(4000),
    /** Which firewall the hosts have. */
    firewall: firewallChoice,
  }),

  steps: ({ vars, group }) => [
    yumPackage({ names: ['haproxy', 'rsyslog', 'socat', firewallPackage(vars.firewall)] }),

    // haproxy is locked into /var/lib/haproxy: the log's socket must be there too.
    directory({ path: '/etc/systemd/system/haproxy.service.d' }),
    file({
      path: '/etc/systemd/system/haproxy.service.d/log.conf',
      content: '[Service]\nBindReadOnlyPaths=/dev/log:/var/lib/haproxy/dev/log\n',
    }),
    file({ path: '/etc/rsyslog.d/haproxy.conf', content: 'local2.*        /var/log/haproxy.log\n' }),
    systemdService({
      name: 'rsyslog',
      enabled: true,
      running: true,
      restartOn: ['/etc/rsyslog.d/haproxy.conf'],
    }),

    // An address that moves between balancers can be listened on before it is here.
    sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1 } }),
    template({
      path: '/etc/haproxy/haproxy.cfg',
      source: 'templates/haproxy.cfg.ejs',
      mode: '0644',
      data: {
        maxconn: vars.maxconn,
        backends: group('webservers').map((web) => ({ name: web.name, address: lanAddress(web) })),
      },
      validate: ['haproxy', '-c', '-f', '%s'],
    }),

    ...firewallService(vars.firewall),
    ...firewall(vars.firewall, { tcp: [80, 443], out: { tcp: [80, 443] } }),

    systemdService({
      name: 'haproxy',
      enabled: true,
      running: true,
      reloadOn: ['/etc/haproxy/haproxy.cfg'],
      failureWords: 'Loading failure!',
      restartOn: ['/etc/systemd/system/haproxy.service.d/log.conf'],
    }),
  ],

  verify: ({ host: { address }, group }) => {
    const reaches = group('webservers').map(({ name }) => name);
    const requests = 5 * reaches.length;
    return [
      httpCheck({ url: `http://${address}/whoami`, requests, reaches, showsClient: true }),
      tlsCheck({ address, requests, reaches }),
      logLineCheck({ path: '/var/log/haproxy.log', request: `http://${address}/` }),
    ];
  },
});

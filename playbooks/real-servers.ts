import { command, definePlaybook, type Step, sysctl, systemdService, template } from 'trueup';
import { settingsOf } from './ipvs-settings.ts';
import { lanAddress } from './lan-address.ts';

const UNITS = '/etc/systemd/system';

/** Of the routing rules and of the table that they lead to. */
const TABLE = 100;

/**
 * What web servers need behind the directors of ipvs.ts, which decide by their vars `vip` and `lbKind`. Direct routing:
 * the virtual address on lo, unheard by ARP. NAT: a way back through the director for what the web server answers.
 * Either one is there without the other, also after a reboot.
 */
export default definePlaybook({
  name: 'Real servers',
  hosts: 'webservers',

  steps: ({ host, group }) => {
    const { vip, lbKind } = settingsOf(group('directors'));
    const direct = lbKind === 'DR';
    const arp = { ignore: direct ? 1 : 0, announce: direct ? 2 : 0 };
    const data = { vip, address: lanAddress(host), ports: [80, 443], table: TABLE };
    const unit = (name: string, on: boolean) => [
      template({ path: `${UNITS}/${name}.service`, source: `templates/${name}.service.ejs`, data }),
      systemdService({ name, enabled: on, running: on, restartOn: [`${UNITS}/${name}.service`] }),
    ];
    // A server that answers for the address by ARP takes it away from the director: silent before it is there, and after.
    const silence = sysctl({
      file: '/etc/sysctl.d/91-ipvs.conf',
      settings: {
        'net.ipv4.conf.all.arp_ignore': arp.ignore,
        'net.ipv4.conf.lo.arp_ignore': arp.ignore,
        'net.ipv4.conf.all.arp_announce': arp.announce,
        'net.ipv4.conf.lo.arp_announce': arp.announce,
      },
    });
    const address = unit('ipvs-vip', direct);
    return [
      ...(direct ? [silence, ...address] : [...address, silence]),
      ...unit('ipvs-return', !direct),
      // Somebody may have taken away by hand what the unit has set up.
      direct ? addressBack(vip) : wayBack(vip),
    ];
  },
});

function addressBack(vip: string): Step {
  return command({
    name: `${vip} on lo`,
    run: ['systemctl', 'restart', 'ipvs-vip'],
    unless: ['sh', '-c', `ip -o -4 address show dev lo | grep -qF ' ${vip}/32 '`],
  });
}

function wayBack(vip: string): Step {
  const rules = `[ "$(ip rule show | grep -c 'lookup ${TABLE} *$')" = 2 ]`;
  const route = `ip route show table ${TABLE} | grep -qF 'default via ${vip} '`;
  return command({
    name: `answers go through ${vip}`,
    run: ['systemctl', 'restart', 'ipvs-return'],
    unless: ['sh', '-c', `${rules} && ${route}`],
  });
}

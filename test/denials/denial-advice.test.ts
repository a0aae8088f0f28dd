import { describe, expect, it } from 'vitest';
import { parseDenial } from '../../src/denials/denial.ts';
import { denialAdvice, type PolicyBoolean } from '../../src/denials/denial-advice.ts';
import {
  HAPROXY_READS,
  HTTPD_GETATTR,
  haproxyConnects,
  httpdConnects,
  KERNEL_BINDS,
  nginxBinds,
  SYSTEMD_STATUS,
} from './audit-lines.ts';

const ANY = "selinuxBoolean({ name: 'haproxy_connect_any', on: true })";
const on = (...names: string[]): PolicyBoolean[] => names.map((name) => ({ name, on: true }));

function advice(line: string, booleans: readonly PolicyBoolean[] = []): string | undefined {
  const denial = parseDenial(line);
  if (!denial) throw new Error(`no denial: ${line}`);
  return denialAdvice(denial, booleans);
}

const boolean = (name: string) =>
  `to allow it, put selinuxBoolean({ name: '${name}', on: true }) before this step`;

describe('what would allow a denial', () => {
  it.each<[string, string | undefined]>([
    [nginxBinds(), "to allow it, put selinuxPort({ type: 'http_port_t', ports: [8888] }) before this step"],
    [
      nginxBinds().replace('unreserved_port_t', 'transproxy_port_t'),
      "to allow it, put selinuxPort({ type: 'http_port_t', ports: [8888] }) (which takes the port from transproxy_port_t) before this step",
    ],
    [
      KERNEL_BINDS,
      "to allow it, put selinuxPort({ type: 'dns_port_t', protocol: 'udp', ports: [5353] }) (which takes the port from howl_port_t) before this step",
    ],
    [
      haproxyConnects(),
      `to allow it, put selinuxPort({ type: 'http_port_t', ports: [8444] }) or ${ANY} before this step`,
    ],
    [
      haproxyConnects().replace('unreserved_port_t', 'smtp_port_t'),
      `to allow it, put ${ANY} before this step`,
    ],
    [httpdConnects(8009, 'http_port_t'), boolean('httpd_can_network_relay')],
    [httpdConnects(5432, 'postgresql_port_t'), boolean('httpd_can_network_connect_db')],
    [httpdConnects(8009, 'unreserved_port_t'), boolean('httpd_can_network_connect')],
    [HTTPD_GETATTR.replace('samba_share_t', 'nfs_t'), boolean('httpd_use_nfs')],
    [
      HAPROXY_READS,
      'its label looks wrong: on the host, restorecon -v the path of haproxy.cfg (find / -xdev -inum 2390); if that changes nothing, label it with selinuxContext',
    ],
    [HTTPD_GETATTR, 'label it with selinuxContext, if the service is meant to use /var/www/html/file1'],
    [
      HTTPD_GETATTR.replace('samba_share_t', 'default_t'),
      'its label looks wrong: on the host, restorecon -v /var/www/html/file1; if that changes nothing, label it with selinuxContext',
    ],
    [SYSTEMD_STATUS, undefined],
    [nginxBinds().replace('httpd_t', 'unheard_of_t'), undefined],
  ])('%#', (line, expected) => {
    expect(advice(line)).toBe(expected);
  });

  it('is what the policy of the host says, where it is asked', () => {
    const unheardOf = nginxBinds().replace('httpd_t', 'unheard_of_t');
    expect(advice(unheardOf, on('unheard_of_any'))).toBe(boolean('unheard_of_any'));
    const all = on(
      'nis_enabled',
      'httpd_graceful_shutdown',
      'httpd_can_network_connect',
      'httpd_can_network_relay',
    );
    expect(advice(httpdConnects(80, 'http_port_t'), all)).toBe(
      "to allow it, put selinuxBoolean({ name: 'httpd_can_network_relay', on: true }) or selinuxBoolean({ name: 'httpd_graceful_shutdown', on: true }) or selinuxBoolean({ name: 'httpd_can_network_connect', on: true }) before this step",
    );
    expect(advice(unheardOf, [{ name: 'secure_mode', on: false }])).toContain(
      "name: 'secure_mode', on: false",
    );
    expect(advice(unheardOf, on('nis_enabled'))).toBe(boolean('nis_enabled'));
  });
});

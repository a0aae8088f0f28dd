import { describe, expect, it } from 'vitest';
import { denialText, distinctDenials, parseDenial } from '../../src/denials/denial.ts';
import {
  HAPROXY_READS,
  HTTPD_GETATTR,
  haproxyConnects,
  KERNEL_BINDS,
  nginxBinds,
  SYSTEMD_STATUS,
} from './audit-lines.ts';

const text = (line: string) => {
  const denial = parseDenial(line);
  return denial && denialText(denial);
};

describe('a denial', () => {
  it.each<[line: string, text: string]>([
    [nginxBinds(), 'SELinux denied nginx (httpd_t): name_bind on tcp port 8888 (unreserved_port_t)'],
    [
      haproxyConnects(),
      'SELinux denied haproxy (haproxy_t): name_connect on tcp port 8444 (unreserved_port_t)',
    ],
    [HAPROXY_READS, 'SELinux denied haproxy (haproxy_t): read on file haproxy.cfg (tmp_t)'],
    [HTTPD_GETATTR, 'SELinux denied httpd (httpd_t): getattr on file /var/www/html/file1 (samba_share_t)'],
    [
      SYSTEMD_STATUS,
      'SELinux denied systemctl (staff_sudo_t): status on unit /usr/lib/systemd/system/haproxy.service (systemd_unit_file_t)',
    ],
    [KERNEL_BINDS, 'SELinux denied named (named_t): name_bind on udp port 5353 (howl_port_t)'],
    [
      'AVC avc:  denied  { read open } for  pid=7 comm="ping" path="/etc/x" dev=vda1 ino=4 scontext=a:b:haproxy_t:s0:c1,c2 tcontext=a:b:ping_exec_t:s0 tclass=file permissive=0',
      'SELinux denied ping (haproxy_t): read, open on file /etc/x (ping_exec_t)',
    ],
    [
      'type=AVC msg=audit(1.2:3): avc:  denied  { write } for  pid=7 comm=72733A6D61696E name=6120622E6C6F67 dev="dm-18" ino=65 scontext=a:b:syslogd_t:s0 tcontext=a:b:usr_t:s0 tclass=dir',
      'SELinux denied rs:main (syslogd_t): write on directory a b.log (usr_t)',
    ],
  ])('%#: %s', (line, expected) => {
    expect(text(line)).toBe(expected);
  });

  it.each([
    ['what a permissive domain did', nginxBinds().replace('permissive=0', 'permissive=1')],
    ['what was granted', nginxBinds().replace('denied', 'granted')],
    [
      'another record',
      'type=SYSCALL msg=audit(1226874073.147:96): arch=40000003 syscall=196 success=no exit=-13',
    ],
    ['half a line', nginxBinds().slice(0, 150)],
    ['nothing', ''],
  ])('is not %s', (_, line) => {
    expect(parseDenial(line)).toBeUndefined();
  });

  it('counts once, however often it came', () => {
    const again = nginxBinds(1732982401).replace('pid=1842', 'pid=1843');
    const denials = distinctDenials([nginxBinds(), 'noise', again, haproxyConnects()]);
    expect(denials.map(({ port }) => port)).toEqual([8888, 8444]);
  });
});

/** Lines as hosts of EL have logged them, by what was refused; `at` is the time in seconds since 1970. */
export const nginxBinds = (at = 1732982400) =>
  `type=AVC msg=audit(${at}.123:456): avc:  denied  { name_bind } for  pid=1842 comm="nginx" src=8888 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0`;

export const haproxyConnects = (at = 1732982400) =>
  `type=AVC msg=audit(${at}.500:457): avc:  denied  { name_connect } for  pid=1842 comm="haproxy" dest=8444 scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0`;

export const httpdConnects = (port: number, type: string) =>
  `type=AVC msg=audit(1610043878.967:3142): avc:  denied  { name_connect } for  pid=50123 comm="httpd" dest=${port} scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:${type}:s0 tclass=tcp_socket permissive=0`;

export const HAPROXY_READS =
  'type=AVC msg=audit(1688017932.590:72923): avc:  denied  { read } for  pid=324618 comm="haproxy" name="haproxy.cfg" dev="vda1" ino=2390 scontext=system_u:system_r:haproxy_t:s0 tcontext=unconfined_u:object_r:tmp_t:s0 tclass=file permissive=0';

export const HTTPD_GETATTR =
  'type=AVC msg=audit(1226874073.147:96): avc:  denied  { getattr } for  pid=2465 comm="httpd" path="/var/www/html/file1" dev="dm-0" ino=284133 scontext=unconfined_u:system_r:httpd_t:s0 tcontext=unconfined_u:object_r:samba_share_t:s0 tclass=file';

export const SYSTEMD_STATUS =
  'type=USER_AVC msg=audit(1705928748.141:203): pid=1 uid=0 auid=4294967295 ses=4294967295 subj=system_u:system_r:init_t:s0 msg=\'avc:  denied  { status } for auid=n/a uid=0 gid=0 path="/usr/lib/systemd/system/haproxy.service" cmdline="systemctl is-enabled haproxy.service" function="method_get_unit_file_state" scontext=staff_u:staff_r:staff_sudo_t:s0 tcontext=system_u:object_r:systemd_unit_file_t:s0 tclass=service permissive=0  exe="/usr/lib/systemd/systemd" sauid=0 hostname=? addr=? terminal=?\'';

/** As the kernel prints it where no auditd runs. */
export const KERNEL_BINDS =
  'audit: type=1400 audit(1732982400.123:456): avc:  denied  { name_bind } for  pid=1842 comm="named" src=5353 scontext=system_u:system_r:named_t:s0 tcontext=system_u:object_r:howl_port_t:s0 tclass=udp_socket permissive=0';

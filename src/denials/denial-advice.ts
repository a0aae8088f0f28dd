import { type Denial, protocolOf } from './denial.ts';

/** What EL's targeted policy has for a daemon: read from fedora-selinux/selinux-policy (c9s, c10s). */
interface DomainPolicy {
  /** The type of the ports that it may listen on. */
  readonly listens?: string;
  /** The boolean that lets it connect to any port. */
  readonly connect?: string;
  /** Narrower booleans, by the type of the port. */
  readonly connectTo?: Readonly<Record<string, string>>;
  /** The type of the ports that it may connect to without a boolean. */
  readonly connectsTo?: string;
  /** Booleans that let it at files, by their type. */
  readonly files?: Readonly<Record<string, string>>;
}

const DB = 'httpd_can_network_connect_db';
const RELAY = 'httpd_can_network_relay';

const KNOWN_DOMAINS: Readonly<Record<string, DomainPolicy>> = {
  collectd_t: { connect: 'collectd_tcp_network_connect' },
  dnsmasq_t: { listens: 'dns_port_t' },
  dovecot_t: { listens: 'pop_port_t' },
  ftpd_t: {
    listens: 'ftp_port_t',
    connect: 'ftpd_connect_all_unreserved',
    files: {
      nfs_t: 'ftpd_use_nfs',
      cifs_t: 'ftpd_use_cifs',
      fusefs_t: 'ftpd_use_fusefs',
      user_home_t: 'ftpd_full_access',
      user_home_dir_t: 'ftpd_full_access',
    },
  },
  haproxy_t: { listens: 'http_port_t', connect: 'haproxy_connect_any', connectsTo: 'http_port_t' },
  httpd_t: {
    listens: 'http_port_t',
    connect: 'httpd_can_network_connect',
    connectTo: {
      ftp_port_t: 'httpd_can_connect_ftp',
      gds_db_port_t: DB,
      http_cache_port_t: RELAY,
      http_port_t: RELAY,
      ldap_port_t: 'httpd_can_connect_ldap',
      memcache_port_t: 'httpd_can_network_memcache',
      mongod_port_t: DB,
      mssql_port_t: DB,
      mysqld_port_t: DB,
      oracle_port_t: DB,
      pop_port_t: 'httpd_can_sendmail',
      postgresql_port_t: DB,
      redis_port_t: 'httpd_can_network_redis',
      smtp_port_t: 'httpd_can_sendmail',
      squid_port_t: RELAY,
      zabbix_port_t: 'httpd_can_connect_zabbix',
    },
    files: {
      nfs_t: 'httpd_use_nfs',
      cifs_t: 'httpd_use_cifs',
      fusefs_t: 'httpd_use_fusefs',
      user_home_t: 'httpd_read_user_content',
      user_home_dir_t: 'httpd_enable_homedirs',
    },
  },
  keepalived_t: { connect: 'keepalived_connect_any', connectsTo: 'http_port_t' },
  memcached_t: { listens: 'memcache_port_t' },
  mongod_t: { listens: 'mongod_port_t' },
  mysqld_t: { listens: 'mysqld_port_t', connect: 'mysql_connect_any' },
  named_t: { listens: 'dns_port_t' },
  nmbd_t: { listens: 'nmbd_port_t' },
  nrpe_t: { listens: 'inetd_child_port_t' },
  openvpn_t: { listens: 'openvpn_port_t', connect: 'openvpn_can_network_connect' },
  postfix_master_t: { listens: 'smtp_port_t' },
  postgresql_t: { listens: 'postgresql_port_t' },
  rabbitmq_t: { listens: 'amqp_port_t' },
  redis_t: { listens: 'redis_port_t' },
  rsync_t: {
    listens: 'rsync_port_t',
    connectTo: { rsync_port_t: 'rsync_client', ssh_port_t: 'rsync_client' },
  },
  smbd_t: {
    listens: 'smbd_port_t',
    files: {
      nfs_t: 'samba_share_nfs',
      fusefs_t: 'samba_share_fusefs',
      user_home_t: 'samba_enable_home_dirs',
      user_home_dir_t: 'samba_enable_home_dirs',
    },
  },
  snmpd_t: { listens: 'snmp_port_t' },
  squid_t: { listens: 'squid_port_t', connect: 'squid_connect_any', connectsTo: 'http_port_t' },
  sshd_t: {
    listens: 'ssh_port_t',
    files: {
      nfs_t: 'use_nfs_home_dirs',
      cifs_t: 'use_samba_home_dirs',
      fusefs_t: 'use_fusefs_home_dirs',
    },
  },
  syslogd_t: { listens: 'syslogd_port_t' },
  varnishd_t: { listens: 'http_port_t', connect: 'varnishd_connect_any', connectsTo: 'http_port_t' },
  zabbix_agent_t: { listens: 'zabbix_agent_port_t' },
  zabbix_t: { listens: 'zabbix_port_t', connect: 'zabbix_can_network' },
};

/** Types of ports that no service has to itself. */
const UNCLAIMED_PORTS: readonly string[] = [
  'ephemeral_port_t',
  'hi_reserved_port_t',
  'port_t',
  'reserved_port_t',
  'unreserved_port_t',
];

/** Types that a file has because nothing gave it a label of its own, or because it was moved there from elsewhere. */
const STRAY_TYPES: readonly string[] = [
  'admin_home_t',
  'default_t',
  'etc_runtime_t',
  'file_t',
  'initrc_tmp_t',
  'root_t',
  'tmp_t',
  'unlabeled_t',
  'user_home_dir_t',
  'user_home_t',
  'user_tmp_t',
  'var_t',
];

/** A boolean of the policy, and what to set it to. */
export interface PolicyBoolean {
  readonly name: string;
  readonly on: boolean;
}

/** More denials than this are not shown. */
const MOST_BOOLEANS = 3;
/** Lets nearly every daemon at nearly every port: audit2why names it with every denial of that kind. */
const TOO_WIDE = 'nis_enabled';

/**
 * What would allow it, as steps of a playbook where there are some. `booleans` are those that the host's own audit2why
 * names: it knows the loaded policy.
 */
export function denialAdvice(denial: Denial, booleans: readonly PolicyBoolean[] = []): string | undefined {
  const ways = [...portSteps(denial), ...booleanSteps(denial, booleans)];
  if (ways.length > 0) return `to allow it, put ${ways.join(' or ')} before this step`;
  return FILE_KINDS.includes(denial.kind) ? labelAdvice(denial) : undefined;
}

function portSteps({ domain, target, kind, permissions, port }: Denial): string[] {
  const { listens, connectsTo } = KNOWN_DOMAINS[domain] ?? {};
  if (port === undefined) return [];
  const connects = permissions.includes('name_connect') && UNCLAIMED_PORTS.includes(target);
  const type = permissions.includes('name_bind') ? listens : connects ? connectsTo : undefined;
  if (type === undefined || type === target) return [];
  const protocol = protocolOf(kind) === 'tcp' ? '' : `protocol: '${protocolOf(kind)}', `;
  const taken = UNCLAIMED_PORTS.includes(target) ? '' : ` (which takes the port from ${target})`;
  return [`selinuxPort({ type: '${type}', ${protocol}ports: [${port}] })${taken}`];
}

function booleanSteps(denial: Denial, known: readonly PolicyBoolean[]): string[] {
  const own = ownBoolean(denial);
  const wide = known.filter(({ name }) => name !== TOO_WIDE);
  const candidates = known.length === 0 ? own : wide.length === 0 ? known : wide;
  const isOwn = ({ name }: PolicyBoolean) => own.some((one) => one.name === name);
  return [...candidates.filter(isOwn), ...candidates.filter((one) => !isOwn(one))]
    .slice(0, MOST_BOOLEANS)
    .map(({ name, on }) => `selinuxBoolean({ name: '${name}', on: ${on} })`);
}

function ownBoolean({ domain, target, permissions, kind }: Denial): PolicyBoolean[] {
  const { connect, connectTo = {}, files = {} } = KNOWN_DOMAINS[domain] ?? {};
  const connecting = permissions.includes('name_connect') ? (connectTo[target] ?? connect) : undefined;
  const name = connecting ?? (FILE_KINDS.includes(kind) ? files[target] : undefined);
  return name === undefined ? [] : [{ name, on: true }];
}

const FILE_KINDS = ['file', 'dir', 'lnk_file', 'sock_file', 'fifo_file', 'chr_file', 'blk_file'];

function labelAdvice({ file = '', inode, target }: Denial): string {
  const isPath = file.startsWith('/');
  const which = isPath ? file : `the path of ${file || 'it'} (find / -xdev -inum ${inode ?? '?'})`;
  const label = `label it with selinuxContext`;
  if (!STRAY_TYPES.includes(target))
    return `${label}, if the service is meant to use ${isPath ? file : file || 'it'}`;
  return `its label looks wrong: on the host, restorecon -v ${which}; if that changes nothing, ${label}`;
}

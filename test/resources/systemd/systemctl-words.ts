/** What the look at haproxy.service prints on a host of EL 9: up since 1000 s after boot, at 1700001000. */
export interface Scene {
  readonly properties?: Readonly<Record<string, string>>;
  readonly record?: string;
  /** Lines of `SUM CHANGED CHANGED PATH`. */
  readonly files?: readonly string[];
  readonly onDisk?: readonly string[];
  readonly units?: readonly string[];
}

const HAPROXY = {
  Type: 'notify',
  RemainAfterExit: 'no',
  MainPID: '1072',
  Id: 'haproxy.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  FragmentPath: '/usr/lib/systemd/system/haproxy.service',
  DropInPaths: '',
  enablement: 'enabled',
  InactiveExitTimestampMonotonic: '999000000',
  CanReload: 'yes',
  NeedDaemonReload: 'no',
  LoadError: '',
  now: '1700002000.000000000',
  uptime: '2000.00',
  ticks: '100000',
};

export function systemctlSays({
  properties = {},
  record = '',
  files = [],
  onDisk = [],
  units = [],
}: Scene): string {
  const lines = Object.entries({ ...HAPROXY, ...properties }).map(([name, value]) => `${name}=${value}`);
  const sections = { record: record.split('\n'), files, unitfiles: onDisk, units };
  const rest = Object.entries(sections).flatMap(([name, content]) => [
    `== ${name}`,
    ...content.filter(Boolean),
  ]);
  return `${[...lines, ...rest].join('\n')}\n`;
}

export const NOT_FOUND = {
  Id: 'haproxy.service',
  LoadState: 'not-found',
  ActiveState: 'inactive',
  enablement: '',
  FragmentPath: '',
  MainPID: '0',
  ticks: '',
  Type: '',
  CanReload: 'no',
};

export const STOPPED = {
  ActiveState: 'inactive',
  MainPID: '0',
  ticks: '',
  InactiveExitTimestampMonotonic: '0',
};

/** A sha256 and a time of writing. */
export const OLD = `${'0'.repeat(64)}@100.000000001`;
export const NEW = `${'1'.repeat(64)}@100.000000001`;

/** Something that SELinux has refused, as the kernel or a daemon such as systemd has logged it. */
export interface Denial {
  readonly permissions: readonly string[];
  /** The command that was refused, where the log names it. */
  readonly command: string | undefined;
  /** The type that it runs as, such as `httpd_t`. */
  readonly domain: string;
  /** The type of what it wanted, such as `unreserved_port_t`. */
  readonly target: string;
  /** In SELinux's words: `tcp_socket`, `file`, `service` … */
  readonly kind: string;
  readonly port: number | undefined;
  /** Absolute path, or only the name, as far as the log has it. */
  readonly file: string | undefined;
  readonly inode: string | undefined;
  /** The whole line of the log. */
  readonly raw: string;
}

const DENIED = /avc:\s+denied\s+\{ ([^}]*) \} for\s+(.*)/;
const FIELD = /(?:^|\s)(\w+)=("[^"]*"|\S*)/g;

/** Reads a line of audit.log or of the kernel's log; undefined for any other line, and where nothing was refused. */
export function parseDenial(raw: string): Denial | undefined {
  const [, permissions = '', rest = ''] = DENIED.exec(raw) ?? [];
  const fields = new Map(
    [...rest.matchAll(FIELD)].map(([, name = '', value = '']) => [name, value] as const),
  );
  const domain = typeIn(fields.get('scontext'));
  const target = typeIn(fields.get('tcontext'));
  if (!domain || !target || fields.get('permissive') === '1') return undefined;
  const text = (name: string) => plain(fields.get(name)) || undefined;
  const port = Number(fields.get('src') ?? fields.get('dest'));
  return {
    permissions: permissions.split(' ').filter(Boolean),
    command: text('comm') ?? text('cmdline')?.split(' ')[0] ?? text('exe'),
    domain,
    target,
    kind: fields.get('tclass') ?? '',
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    file: text('path') ?? text('name'),
    inode: fields.get('ino'),
    raw: raw.trim(),
  };
}

/** Each denial once, whichever process met it how often. */
export function distinctDenials(lines: readonly string[]): Denial[] {
  const denials = lines.map(parseDenial).filter((denial) => denial !== undefined);
  return [...new Map(denials.map((denial) => [denialText(denial), denial])).values()];
}

/** `SELinux denied nginx (httpd_t): name_bind on tcp port 8888 (unreserved_port_t)`. */
export function denialText({ permissions, command, domain, target, kind, port, file }: Denial): string {
  const who = command === undefined ? domain : `${command} (${domain})`;
  const what = port === undefined ? [KINDS[kind] ?? kind, file] : [protocolOf(kind), 'port', port];
  return `SELinux denied ${who}: ${permissions.join(', ')} on ${what.filter(Boolean).join(' ')} (${target})`;
}

/** `tcp` of `tcp_socket`. */
export function protocolOf(kind: string): string {
  return kind.replace(/_socket$/, '');
}

const KINDS: Readonly<Record<string, string>> = {
  dir: 'directory',
  lnk_file: 'symlink',
  sock_file: 'socket',
  fifo_file: 'pipe',
  chr_file: 'device',
  blk_file: 'device',
  service: 'unit',
};

function typeIn(context: string | undefined): string | undefined {
  return context?.split(':')[2];
}

/** Names with spaces, quotes or bytes beyond ASCII are logged as hexadecimal digits without quotes. */
function plain(value = ''): string {
  if (value.startsWith('"')) return value.slice(1, -1);
  const isHex = /^(?:[0-9A-F]{2})+$/.test(value);
  return isHex ? Buffer.from(value, 'hex').toString().replaceAll('\0', ' ').trim() : value;
}

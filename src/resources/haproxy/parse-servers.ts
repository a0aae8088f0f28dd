/** A server as haproxy sees it. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  /** What it was told about the server. */
  readonly told: 'ready' | 'drain' | 'maint';
  /** In haproxy's words: `UP`, `DOWN 1/2`, `no check`, `DRAIN`, `MAINT` … */
  readonly status: string;
  readonly sessions: number;
}

type Row = ReadonlyMap<string, string>;

/** From the answers to `show stat` and `show servers state`, joined by backend and server. */
export function parseServers(stat: string, states: string): ServerState[] {
  const known = new Map(table(stat, ',').map((row) => [nameIn(row, 'pxname', 'svname'), row]));
  return table(states, ' ').flatMap((row) => {
    const seen = known.get(nameIn(row, 'be_name', 'srv_name'));
    return seen ? [stateOf(row, seen)] : [];
  });
}

function stateOf(row: Row, seen: Row): ServerState {
  return {
    backend: row.get('be_name') ?? '',
    server: row.get('srv_name') ?? '',
    told: toldBy(Number(row.get('srv_admin_state'))),
    status: seen.get('status') ?? '',
    sessions: Number(seen.get('scur')),
  };
}

const MAINT = 0x01;
const DRAIN = 0x08;

function toldBy(bits: number): ServerState['told'] {
  if (bits & MAINT) return 'maint';
  return bits & DRAIN ? 'drain' : 'ready';
}

function nameIn(row: Row, backend: string, server: string): string {
  return `${row.get(backend)}/${row.get(server)}`;
}

/** Both answers name their columns in a line that begins with `# `. */
function table(text: string, separator: string): Row[] {
  const [head = '', ...lines] = text.slice(text.indexOf('# ') + 2).split('\n');
  const columns = head.split(separator);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split(separator);
      return new Map(columns.map((column, index) => [column, cells[index] ?? '']));
    });
}

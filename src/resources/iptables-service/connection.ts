import { ProbeError, type Reader, shell } from '../../model/index.ts';

/** The SSH connection that we came by, as the host sees it. */
export interface Connection {
  readonly client: string;
  readonly server: string;
  readonly port: number;
}

/** sudo takes SSH_CONNECTION away, so it is looked for in what started us, up to sshd. */
const SCRIPT = `
pid=$$
while [ "\${pid:-0}" -gt 1 ]; do
  found=$(tr '\\0' '\\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p' | head -n 1)
  [ -z "$found" ] || { echo "$found"; exit; }
  stat=$(cat "/proc/$pid/stat") || exit
  set -- \${stat##*) }
  pid=$2
done`;

export async function readConnection(host: Reader): Promise<Connection> {
  const { stdout } = await host.probe(shell(SCRIPT));
  const [client = '', , server = '', port = ''] = stdout
    .trim()
    .split(' ')
    .map((word) => word.replace(/%.*/, ''));
  if (!/^\d+$/.test(port))
    throw new ProbeError('the host does not say by which port we came (SSH_CONNECTION)');
  return { client, server, port: Number(port) };
}

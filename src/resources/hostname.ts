import { z } from 'zod';
import {
  ABSENT,
  type Change,
  defineResource,
  differs,
  ProbeError,
  type Reader,
  shell,
} from '../model/index.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

const schema = z.strictObject({
  name: z
    .string()
    .regex(
      new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
      'expected lower-case letters, digits and hyphens, in parts between dots',
    )
    .max(64, 'expected at most 64 characters: the kernel holds no more'),
});

export interface Hostnames {
  /** What the kernel has now. */
  readonly running: string;
  /** What /etc/hostname says, which becomes the running one at boot. */
  readonly saved: string | undefined;
}

/**
 * Ensures that the host has this name, now and after each boot: the running name and the one saved in /etc/hostname are
 * looked at, and changed, each on its own. The pretty name stays as it is.
 *
 * - `name`: at most 64 lower-case letters, digits and hyphens, best the full one with the domain.
 *
 * Nothing is written to /etc/hosts. `facts.hostname` is what the host was called when the run began. It fails where
 * systemd-hostnamed does not run. See hostnamectl(1), hostname(5).
 *
 *     hostname({ name: 'lb-01.example.com' })
 */
export const hostname = defineResource({
  kind: 'hostname',
  schema,
  name: ({ name }) => name,
  manages: () => ['hostname'],
  read: (_spec, host) => readHostnames(host),
  diff: ({ name }, state) => differs([...savedChange(name, state), ...runningChange(name, state)]),
  effects(_spec, { saved }, finding) {
    const written = finding.status === 'change' && finding.changes.some(({ aspect }) => aspect === 'saved');
    if (!written) return {};
    return saved === undefined
      ? { appears: ['/etc/hostname'], changes: ['/etc/hostname'] }
      : { changes: ['/etc/hostname'] };
  },
});

/** hostname(5): the first line that is neither empty nor a comment. */
const LOOK = `${ABSENT}
cat /proc/sys/kernel/hostname && echo == || exit
[ -e /etc/hostname ] || ! absent /etc/hostname || exit 0
sed -n '/^[[:space:]]*[^#[:space:]]/{s/[[:space:]]//g;p;q;}' /etc/hostname`;

async function readHostnames(host: Reader): Promise<Hostnames> {
  const { stdout } = await host.probe(shell(LOOK));
  const [running, saved] = stdout.split('\n==\n').map((part) => part.trim());
  if (!running || saved === undefined) throw new ProbeError('/proc/sys/kernel/hostname gave no whole answer');
  return { running, saved: saved === '' ? undefined : saved };
}

function savedChange(name: string, { saved }: Hostnames): Change[] {
  if (saved === name) return [];
  const summary = `saved name ${saved ?? '(none)'} → ${name}`;
  return [
    { aspect: 'saved', summary, actions: [{ exec: ['hostnamectl', 'set-hostname', '--static', name] }] },
  ];
}

/** hostnamectl sets no running name beside a saved one. */
function runningChange(name: string, { running }: Hostnames): Change[] {
  if (running === name) return [];
  const summary = `running name ${running} → ${name}`;
  return [{ aspect: 'running', summary, actions: [{ exec: ['hostname', name] }] }];
}

import { describe, expect, it } from 'vitest';
import { type Finding, ProbeError, shellLine } from '../../src/model/index.ts';
import { iptablesService } from '../../src/resources/iptables-service.ts';
import { effects, type Script, scriptedHost, standingFile } from '../scripted-host.ts';
import { elSavedList } from './iptables/lists.ts';

interface Seen {
  readonly iptables?: string;
  readonly ip6tables?: string;
  readonly firewalld?: string;
  readonly ipv6?: boolean;
  readonly port?: number;
  /** The saved list of IPv4; null: there is none. */
  readonly saved?: string | null;
  readonly running?: string;
  readonly zones?: string;
}

const unit = (load: string, file: string, active: string) =>
  `LoadState=${load}\nUnitFileState=${file}\nActiveState=${active}`;
const UP = unit('loaded', 'enabled', 'active');
const DOWN = unit('loaded', 'disabled', 'inactive');
const MASKED = unit('masked', 'masked', 'inactive');
const NONE = unit('not-found', '', 'inactive');
const EL6 = elSavedList.replaceAll('icmp-host-prohibited', 'icmp6-adm-prohibited');
const ZONE = `@zone
public (default, active)
  target: default
  services: cockpit ssh
  ports: 80/tcp
  masquerade: no
  rich rules: 
@service
cockpit
  ports: 9090/tcp
@service
ssh
  ports: 22/tcp
@direct
@policies
allow-host-ipv6
  ingress-zones: ANY
`;
const section = (name: string, text: string, code = 0) => `@${name} ${code}\n${text.replace(/^/gm, '|')}\n`;

function script(seen: Seen): Script {
  const {
    iptables = UP,
    ip6tables = UP,
    firewalld = MASKED,
    ipv6 = true,
    port = 22,
    saved = elSavedList,
  } = seen;
  const states = { iptables, ip6tables, firewalld };
  const units = Object.entries(states).map(([name, state]) => `Id=${name}.service\n${state}\n`);
  const lists = (list: string | null) =>
    [
      section('running', seen.running ?? ''),
      section('ours', ''),
      ...(list === null ? [] : [section('saved', list)]),
    ].join('');
  return {
    files: {
      '/etc/sysconfig/iptables': saved === null ? { exists: false } : standingFile(saved, { mode: '0600' }),
      '/etc/sysconfig/ip6tables': standingFile(EL6, { mode: '0600' }),
    },
    probes: [
      ['systemctl show', { stdout: units.join('\n') }],
      ['if_inet6', { code: ipv6 ? 0 : 1 }],
      ['SSH_CONNECTION', { stdout: port === 0 ? '' : `10.0.0.1 4711 10.0.0.2 ${port}\n` }],
      ['firewall-cmd', { stdout: seen.zones ?? ZONE }],
      ['trueup ip6tables', { stdout: lists(EL6) }],
      ['trueup iptables', { stdout: lists(saved) }],
    ],
  };
}

async function look(seen: Seen, before = effects()) {
  const host = scriptedHost(script(seen));
  const step = await iptablesService({}).prepare({ root: '/' });
  const looked = await step.look(host);
  const finding = looked.diff(before);
  return { finding, effects: looked.effects(finding), asked: host.asked };
}

async function summaries(seen: Seen, before = effects()): Promise<string[]> {
  const { finding } = await look(seen, before);
  return finding.status === 'change' ? finding.changes.map(({ summary }) => summary) : [finding.status];
}

const BOTH = 'enable and start iptables.service and ip6tables.service';
const TAKEN = { iptables: DOWN, ip6tables: DOWN, firewalld: UP };
const OVER =
  'stop and mask firewalld, which lets in cockpit 9090/tcp, ssh 22/tcp, 80/tcp; lost, unless other rules let it in: cockpit 9090/tcp, 80/tcp';
const opened = (name: string, port: number) =>
  `saved in /etc/sysconfig/${name}: +1 rule in INPUT (before REJECT), for port ${port}, by which we came`;

describe('iptablesService finds', () => {
  it.each<[string, Seen, string[]]>([
    ['nothing to do', {}, ['ok']],
    ['nothing to do where firewalld is not even there', { firewalld: NONE }, ['ok']],
    ['nothing to do for IPv6 where the kernel has none', { ipv6: false, ip6tables: DOWN }, ['ok']],
    ['nothing to do for IPv6 where there is no such service', { ip6tables: NONE }, ['ok']],
    ['firewalld at work', TAKEN, [OVER, BOTH]],
    [
      'a port of its own',
      { ...TAKEN, port: 2222 },
      [opened('iptables', 2222), opened('ip6tables', 2222), OVER, BOTH],
    ],
    [
      'that the saved list keeps what firewalld let in',
      { ...TAKEN, ip6tables: NONE, saved: elSavedList.replace('--dport 22', '--dport 22:9999') },
      [
        'stop and mask firewalld, which lets in cockpit 9090/tcp, ssh 22/tcp, 80/tcp; nothing of it is lost',
        'enable and start iptables.service',
      ],
    ],
    ['services that do not run', { iptables: DOWN, ip6tables: DOWN, firewalld: NONE }, [BOTH]],
    [
      'a service that is not enabled, and one that was stopped',
      { iptables: unit('loaded', 'disabled', 'active'), ip6tables: unit('loaded', 'enabled', 'failed') },
      ['enable iptables.service; start ip6tables.service'],
    ],
    ['a masked service', { iptables: MASKED }, ['unmask, enable and start iptables.service']],
    [
      'firewalld unmasked',
      { firewalld: unit('loaded', 'disabled', 'inactive') },
      ['mask firewalld, which could be started'],
    ],
    [
      'firewalld masked until the next boot only',
      { firewalld: unit('masked', 'masked-runtime', 'inactive') },
      ['mask firewalld, which could be started'],
    ],
    [
      'firewalld started again',
      {
        iptables: unit('loaded', 'enabled', 'inactive'),
        ip6tables: unit('loaded', 'enabled', 'inactive'),
        firewalld: UP,
      },
      [OVER, 'start iptables.service and ip6tables.service'],
    ],
    [
      'both at work: stopping firewalld may empty the lists',
      { firewalld: UP },
      [OVER, 'start iptables.service and ip6tables.service'],
    ],
  ])('%s', async (_, seen, expected) => {
    expect(await summaries(seen)).toEqual(expected);
  });

  it('asks nothing of ip6tables where there is no IPv6', async () => {
    const { asked } = await look({ ...TAKEN, ipv6: false });
    expect(asked.filter((line) => line.includes('trueup iptables'))).toHaveLength(1);
    expect(asked.filter((line) => line.includes('trueup ip6tables'))).toEqual([]);
  });

  it('looks at the units only where nothing is to be done', async () => {
    expect((await look({})).asked).toHaveLength(2);
  });

  it('which rules are in force without being saved', async () => {
    const running = '-A INPUT -s 10.6.6.6/32 -j DROP\n';
    const { finding } = await look({ iptables: DOWN, firewalld: NONE, running });
    expect(finding).toMatchObject({
      note: 'in force but not saved, and gone once the saved list is loaded: -A INPUT -s 10.6.6.6/32 -j DROP',
    });
    expect((await look({ ...TAKEN, running })).finding).not.toHaveProperty('note');
  });

  it('all that firewalld lets through, of each zone', async () => {
    const zones = `@zone
public
  services: 
  ports: 8000-8010/udp
  protocols: vrrp
  masquerade: yes
  forward-ports: 
\tport=8080:proto=tcp:toport=80:toaddr=
  rich rules: 
\trule family="ipv4" source address="10.0.0.0/8" accept
@zone
trusted
  target: ACCEPT
  interfaces: eth1
  sources: 10.7.0.0/16
@direct
ipv4 filter INPUT 0 -p gre -j ACCEPT
@policies
allow-host-ipv6
  egress-zones: HOST
mine
  egress-zones: ANY
`;
    const { finding } = await look({ ...TAKEN, zones });
    const [takeover] = finding.status === 'change' ? finding.changes : [];
    expect(takeover?.before?.split('\n')).toEqual([
      'zone public: 8000-8010/udp',
      'zone public: protocol vrrp',
      'zone public: forward port port=8080:proto=tcp:toport=80:toaddr=',
      'zone public: masquerade',
      'zone public: rule family="ipv4" source address="10.0.0.0/8" accept',
      'zone trusted: everything (target ACCEPT)',
      'zone trusted: source 10.7.0.0/16',
      'direct rule ipv4 filter INPUT 0 -p gre -j ACCEPT',
      'policy mine',
      '',
    ]);
    expect(takeover?.after).toBe('');
    expect(takeover?.summary).toContain('lets in (zone public) 8000-8010/udp, ');
  });
});

function switching(finding: Finding) {
  const actions = finding.status === 'change' ? finding.changes.flatMap((change) => change.actions) : [];
  return actions.flatMap((action) => ('exec' in action ? [action] : []));
}

describe('the switch', () => {
  it('is one action, which the host undoes by itself with what firewalld had in force', async () => {
    const [action, ...more] = switching((await look(TAKEN)).finding);
    expect(more).toEqual([]);
    expect(action?.exec.slice(4)).toEqual([
      '',
      'iptables.service ip6tables.service',
      'iptables.service ip6tables.service',
      'yes',
      'yes',
    ]);
    expect(action?.undo?.slice(9)).toEqual(
      ['service=cockpit', 'service=ssh', 'port=80/tcp'].flatMap((option) => ['public', `--add-${option}`]),
    );
  });

  it('needs no way back where nothing starts or stops', async () => {
    const [action] = switching((await look({ firewalld: DOWN })).finding);
    expect(action?.undo).toBeUndefined();
  });

  it('writes the opened list first, tried by iptables-restore', async () => {
    const { finding } = await look({ ...TAKEN, port: 2222 });
    const [first] = finding.status === 'change' ? finding.changes.flatMap((change) => change.actions) : [];
    if (!first || !('write' in first)) throw new Error('nothing is written');
    expect(first.write.content.toString().split('\n')).toContain(
      '-A INPUT -p tcp -m tcp --dport 2222 -m conntrack --ctstate NEW -j ACCEPT',
    );
    expect(shellLine(first.write.validate ?? ['true'])).toContain('--test');
  });
});

const yum = { step: 'yumPackage iptables-services', certain: true };
const coming = { unit: { 'iptables.service': yum } };

describe('iptablesService on a host that is not ready', () => {
  it('says what will be lost before iptables-services is there', async () => {
    const bare = { iptables: NONE, ip6tables: NONE, firewalld: UP };
    expect(await summaries(bare, effects(coming))).toEqual([OVER, `${BOTH}, which ${yum.step} brings`]);
    expect((await look(bare, effects(coming))).finding).toMatchObject({ changes: [{}, { whole: true }] });
  });

  it.each<[string, Seen, Parameters<typeof effects>[0], object]>([
    [
      'no package',
      { iptables: NONE, ip6tables: NONE },
      {},
      { status: 'blocked', advice: "yumPackage({ names: ['iptables-services'] }) before it" },
    ],
    [
      'a package that may bring it',
      { iptables: NONE, ip6tables: NONE },
      { unit: { 'iptables.service': { ...yum, certain: false } } },
      { status: 'unknown', until: yum.step },
    ],
    [
      'no saved list',
      { iptables: DOWN, saved: null },
      {},
      {
        status: 'blocked',
        reason: '/etc/sysconfig/iptables is not there: iptables.service cannot start without it',
      },
    ],
    [
      'a saved list that a file step brings',
      { iptables: DOWN, saved: null },
      { appears: { '/etc/sysconfig/iptables': { step: 'file x', certain: true } } },
      { status: 'unknown', until: 'file x' },
    ],
  ])('%s', async (_, seen, before, expected) => {
    expect((await look(seen, effects(before))).finding).toMatchObject(expected);
  });

  it('that does not say by which port we came is not touched', async () => {
    await expect(look({ ...TAKEN, port: 0 })).rejects.toThrow(ProbeError);
  });
});

describe('what iptablesService effects', () => {
  it('lets iptablesRules wait for the takeover', async () => {
    expect((await look({ ...TAKEN, port: 2222 })).effects).toEqual({
      appears: ['/etc/systemd/system/firewalld.service'],
      runs: ['iptables.service', 'ip6tables.service'],
      changes: ['/etc/sysconfig/iptables', '/etc/sysconfig/ip6tables'],
    });
  });

  it('owns all three services', () => {
    expect(iptablesService({}).manages).toEqual([
      'service:iptables.service',
      'service:ip6tables.service',
      'service:firewalld.service',
    ]);
  });
});

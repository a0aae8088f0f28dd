import { describe, expect, it } from 'vitest';
import { type Finding, ProbeError, shellLine } from '../../src/model/index.ts';
import { firewalldPorts } from '../../src/resources/firewalld-ports.ts';
import { effects, type Script, type ScriptedAnswer, scriptedHost } from '../scripted-host.ts';

type Spec = Parameters<typeof firewalldPorts>[0];

interface Seen {
  /** What each list holds, in lines of `--list-all`. */
  readonly runtime?: string;
  readonly permanent?: string;
  /** Of both lists: how firewall-cmd answers instead. */
  readonly answer?: ScriptedAnswer;
  /** The same of the saved list only. */
  readonly savedAnswer?: ScriptedAnswer;
  /** Answers to `--query-…`, for the list in force and for the saved one. */
  readonly query?: readonly [ScriptedAnswer, ScriptedAnswer];
}

const YES = { stdout: 'yes\n' };
const NO = { code: 1, stdout: 'no\n' };
const zone = (lines: string) => ({ stdout: `public\n  target: default\n${lines}\n` });

function script({ runtime = '', permanent = '', answer, savedAnswer, query = [NO, NO] }: Seen): Script {
  return {
    probes: [
      [/--permanent .*--query/, query[1]],
      [/--query/, query[0]],
      [/--permanent .*--list-all/, savedAnswer ?? answer ?? zone(permanent)],
      [/--list-all/, answer ?? zone(runtime)],
    ],
  };
}

async function find(seen: Seen, spec: Spec, before = effects()): Promise<Finding> {
  const step = await firewalldPorts(spec).prepare({ root: '/' });
  return (await step.look(scriptedHost(script(seen)))).diff(before);
}

async function summaries(seen: Seen, spec: Spec): Promise<string[]> {
  const finding = await find(seen, spec);
  return finding.status === 'change' ? finding.changes.map(({ summary }) => summary) : [finding.status];
}

const WEB = '  services: dhcpv6-client http ssh\n  ports: 443/tcp\n  protocols: vrrp';
const ALL: Spec = { ports: ['443/tcp'], services: ['http'], protocols: ['vrrp'] };
const RICH = 'rule family="ipv4" source address="10.0.0.2" protocol value="vrrp" accept';
const RICH_LINES = `  rich rules: \n\t${RICH}`;

describe('firewalldPorts finds', () => {
  it.each<[string, Seen, Spec, string[]]>([
    ['nothing to do', { runtime: WEB, permanent: WEB }, ALL, ['ok']],
    [
      'what both lists lack',
      {},
      ALL,
      [
        'in force in zone public: +443/tcp, +service http, +protocol vrrp',
        'saved in zone public: +443/tcp, +service http, +protocol vrrp',
      ],
    ],
    ['what is only in force', { runtime: WEB }, { ports: ['443/tcp'] }, ['saved in zone public: +443/tcp']],
    ['what is only saved', { permanent: WEB }, { ports: ['443/tcp'] }, ['in force in zone public: +443/tcp']],
    [
      'a port in a range, of its own protocol only',
      { runtime: '  ports: 8000-8010/tcp', permanent: '  ports: 8000-8010/udp' },
      { ports: ['8005/tcp'] },
      ['saved in zone public: +8005/tcp'],
    ],
    ['a rich rule', { runtime: RICH_LINES, permanent: RICH_LINES }, { richRules: [RICH] }, ['ok']],
    [
      'a rich rule that firewalld writes otherwise',
      { query: [YES, NO] },
      { richRules: ['rule protocol value=vrrp accept'] },
      ['saved in zone public: +rule protocol value=vrrp accept'],
    ],
    ['nothing to take away', {}, { ...ALL, state: 'absent' }, ['ok']],
    [
      'nothing to take away of a service that firewalld does not know',
      { query: [{ code: 101 }, { code: 101 }] },
      { services: ['nix'], state: 'absent' },
      ['ok'],
    ],
    [
      'what to take away',
      { runtime: WEB, permanent: WEB },
      { services: ['http'], state: 'absent' },
      ['in force in zone public: -service http', 'saved in zone public: -service http'],
    ],
  ])('%s', async (_, seen, spec, expected) => {
    expect(await summaries(seen, spec)).toEqual(expected);
  });

  it('all of it in two questions, where nothing differs', async () => {
    const host = scriptedHost(script({ runtime: WEB, permanent: WEB }));
    const step = await firewalldPorts(ALL).prepare({ root: '/' });
    await step.look(host);
    expect(host.asked).toHaveLength(2);
  });
});

describe('what firewalldPorts does', () => {
  async function actions(seen: Seen, spec: Spec): Promise<string[]> {
    const finding = await find(seen, spec);
    const all = finding.status === 'change' ? finding.changes.flatMap((change) => change.actions) : [];
    return all.map((action) => {
      if (!('exec' in action)) throw new Error('writes nothing');
      return shellLine(action.exec) + (action.undo ? ` | ${shellLine(action.undo)}` : '');
    });
  }

  it.each<[string, Seen, Spec, string[]]>([
    [
      'adds to each list',
      {},
      { ports: ['443/tcp'] },
      [
        'firewall-cmd --zone=public --add-port=443/tcp',
        'firewall-cmd --permanent --zone=public --add-port=443/tcp',
      ],
    ],
    [
      'goes back where taking away locks us out',
      { runtime: WEB },
      { services: ['ssh'], state: 'absent' },
      ['firewall-cmd --zone=public --remove-service=ssh | firewall-cmd --zone=public --add-service=ssh'],
    ],
    [
      'goes back where a rich rule does',
      { query: [NO, YES] },
      { richRules: ['rule service name=ssh drop'] },
      [
        "firewall-cmd --zone=public '--add-rich-rule=rule service name=ssh drop' | firewall-cmd --zone=public '--remove-rich-rule=rule service name=ssh drop'",
      ],
    ],
  ])('%s', async (_, seen, spec, expected) => {
    expect(await actions(seen, spec)).toEqual(expected);
  });
});

const yum = { step: 'yumPackage firewalld', certain: true };
const start = { step: 'systemdService firewalld', certain: true };

describe('firewalldPorts on a host that is not ready', () => {
  it.each<[string, Seen, Parameters<typeof effects>[0], object]>([
    [
      'no firewalld',
      { answer: { code: 127 } },
      {},
      { status: 'blocked', reason: 'firewalld is not installed' },
    ],
    [
      'firewalld to be installed',
      { answer: { code: 127 } },
      { command: { 'firewall-cmd': yum } },
      { status: 'unknown', until: yum.step },
    ],
    [
      'firewalld stopped',
      { answer: { code: 252 } },
      {},
      { status: 'blocked', reason: 'firewalld does not run' },
    ],
    [
      'firewalld to be started',
      { answer: { code: 252 } },
      { runs: { 'firewalld.service': start } },
      { status: 'unknown', until: start.step, why: 'firewalld does not run until then' },
    ],
    [
      'no such zone',
      { answer: { code: 112 } },
      {},
      { status: 'blocked', reason: expect.stringContaining('no zone public') },
    ],
    [
      'a zone that is in force only',
      { savedAnswer: { code: 112 } },
      {},
      { status: 'blocked', reason: expect.stringContaining('no zone public, or has it in one') },
    ],
    [
      'no such zone yet',
      { answer: { code: 112 } },
      { below: { '/etc/firewalld': { step: 'file x', certain: true } } },
      { status: 'unknown', until: 'file x' },
    ],
    [
      'an unknown service',
      { query: [{ code: 101, stderr: 'Error: INVALID_SERVICE: http\n' }, NO] },
      {},
      { status: 'blocked', reason: 'firewalld does not take it: INVALID_SERVICE: http' },
    ],
    [
      'a service that an earlier step brings',
      { query: [{ code: 101, stderr: 'Error: INVALID_SERVICE: http\n' }, NO] },
      { below: { '/etc/firewalld': { step: 'file x', certain: true } } },
      { status: 'unknown', until: 'file x' },
    ],
  ])('%s', async (_, seen, before, expected) => {
    expect(await find(seen, { zone: 'public', services: ['http'] }, effects(before))).toMatchObject(expected);
  });

  it.each([251, 253, 254, 2])('does not take exit %i for an answer', async (code) => {
    await expect(find({ answer: { code } }, ALL)).rejects.toThrow(ProbeError);
    await expect(find({ query: [{ code }, NO] }, { services: ['http'] })).rejects.toThrow(ProbeError);
  });
});

describe('the step firewalldPorts', () => {
  it('is known by what it lets in, and owns that in its zone', () => {
    const step = firewalldPorts({ zone: 'internal', ports: ['80/tcp'], services: ['http'] });
    expect(step.name).toBe('internal: 80/tcp, service http');
    expect(step.manages).toEqual(['firewalld:internal:port=80/tcp', 'firewalld:internal:service=http']);
    expect(firewalldPorts({ richRules: [RICH] }).name).toBe(RICH);
  });

  it.each<[Spec, string]>([
    [{}, 'name at least one of'],
    [{ ports: ['80'] }, 'write it as 80/tcp'],
    [{ services: ['a b'] }, 'must be one word'],
    [{ zone: '--panic-on', ports: ['80/tcp'] }, 'must be one word'],
    [{ richRules: ['accept'] }, 'begins with `rule `'],
  ])('refuses %j before anything is touched', (spec, message) => {
    expect(() => firewalldPorts(spec)).toThrow(message);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command, Finding } from '../../../src/model/index.ts';
import { decideRules } from '../../../src/resources/iptables/decide-rules.ts';
import { lookAtRules } from '../../../src/resources/iptables/look-at-rules.ts';
import { type RulesSpec, rulesSpec } from '../../../src/resources/iptables/rules-spec.ts';
import { effects } from '../../scripted-host.ts';
import { elSavedList, shippedRules } from './lists.ts';
import { type NamespaceHost, namespaceHost } from './namespace-host.ts';

const UNITS = ['iptables', 'ip6tables', 'firewalld']
  .map((name) => `Id=${name}.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=${active(name)}\n`)
  .join('\n');

function active(name: string): string {
  return name === 'firewalld' ? 'inactive' : 'active';
}

function undoOf(finding: Finding): Command {
  const action = finding.status === 'change' ? finding.changes[0]?.actions[0] : undefined;
  if (!action || !('exec' in action) || !action.undo) throw new Error('it cannot be undone');
  return action.undo;
}

const spec = (more: { rules: string[] } & Partial<RulesSpec>): RulesSpec => rulesSpec.parse(more);

describe.each(['nft', 'legacy'] as const)('with the iptables of this machine, %s', (backend) => {
  let host: NamespaceHost;
  beforeEach(async () => {
    host = await namespaceHost(backend, UNITS);
  });
  afterEach(() => host.close());

  const look = async (what: RulesSpec): Promise<Finding> =>
    decideRules(what, await lookAtRules(what, host.reader), effects());
  const apply = async (what: RulesSpec): Promise<Finding> => {
    const finding = await look(what);
    for (const output of host.perform(finding)) expect(output).toMatchObject({ code: 0 });
    return finding;
  };
  const save = (text: string) => host.run(['sh', '-c', 'cat >/etc/sysconfig/iptables'], text);
  const saved = () => host.run(['cat', '/etc/sysconfig/iptables']).stdout;
  const running = (tool = 'iptables', table = 'filter') =>
    host
      .run([`${tool}-save`, '-t', table])
      .stdout.split('\n')
      .filter((line) => line.startsWith('-A'));
  const load = (text: string) => expect(host.run(['iptables-restore'], text)).toMatchObject({ code: 0 });

  it('brings the shipped rules into both lists unchanged, and then finds nothing to do', async () => {
    save(elSavedList);
    load(elSavedList);
    const what = spec({ rules: shippedRules });
    expect(await apply(what)).toMatchObject({ status: 'change' });
    const [http, https, ...out] = shippedRules;
    const list = running();
    expect(list.slice(4)).toEqual([
      http,
      https,
      '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
      '-A FORWARD -j REJECT --reject-with icmp-host-prohibited',
      ...out,
    ]);
    expect(await look(what)).toEqual({ status: 'ok' });
    load(saved());
    expect(running()).toEqual(list);
    expect(await look(what)).toEqual({ status: 'ok' });
  });

  it('knows rules by what they mean: names, short options, the order of matches', async () => {
    await apply(spec({ rules: shippedRules }));
    const rules = [
      '-A INPUT -m conntrack --ctstate NEW --protocol tcp --dport http --jump ACCEPT',
      '-A INPUT -p 6 -m state --state NEW -m tcp --dport https -j ACCEPT',
    ];
    expect(await look(spec({ rules }))).toEqual({ status: 'ok' });
  });

  it('writes a saved list where there is none', async () => {
    await apply(spec({ rules: shippedRules }));
    expect(saved()).toBe(
      `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${shippedRules.join('\n')}\nCOMMIT\n`,
    );
    expect(host.run(['stat', '-c', '%a', '/etc/sysconfig/iptables']).stdout).toBe('600\n');
  });

  it('moves a rule that a REJECT was put before', async () => {
    const what = spec({ rules: shippedRules });
    await apply(what);
    host.run(['iptables', '-w', '-I', 'INPUT', '-p', 'tcp', '-j', 'REJECT']);
    const finding = await apply(what);
    expect(finding).toMatchObject({ changes: [{ aspect: 'running' }] });
    expect(running().slice(0, 3)).toEqual([
      ...shippedRules.slice(0, 2),
      '-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachable',
    ]);
    expect(await look(what)).toEqual({ status: 'ok' });
  });

  it('takes rules away again, and what stood there before is as it was', async () => {
    save(elSavedList);
    load(elSavedList);
    const before = running();
    await apply(spec({ rules: shippedRules }));
    const gone = spec({ rules: shippedRules, state: 'absent' });
    await apply(gone);
    expect([saved(), running()]).toEqual([elSavedList, before]);
    expect(await look(gone)).toEqual({ status: 'ok' });
  });

  it('puts back the former chain when a change that could lock us out is undone', async () => {
    save(elSavedList);
    load(elSavedList);
    const before = running();
    const finding = await apply(spec({ rules: ['-A INPUT -p tcp --dport 22 -j DROP'] }));
    expect(running()).not.toEqual(before);
    expect(host.run(undoOf(finding))).toMatchObject({ code: 0 });
    expect(running()).toEqual(before);
  });

  it('does not touch a running list that was changed after the look', async () => {
    load('*filter\n-A INPUT -j REJECT\nCOMMIT\n');
    await apply(spec({ rules: ['-A INPUT -s 10.0.0.8 -j DROP'] }));
    const finding = await look(spec({ rules: ['-A INPUT -s 10.0.0.9 -j DROP'] }));
    host.run(['iptables', '-w', '-A', 'INPUT', '-j', 'DROP']);
    const before = running();
    const [refused] = host.perform(finding);
    expect(refused).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('was changed by someone else'),
    });
    expect(host.run(undoOf(finding))).toMatchObject({ code: 0 });
    expect(running()).toEqual(before);
  });

  it('lets a saved list land only if iptables takes it', async () => {
    const finding = await look(spec({ rules: shippedRules }));
    const written = finding.status === 'change' ? finding.changes[1]?.actions[0] : undefined;
    if (!written || !('write' in written)) throw new Error('it writes nothing');
    const [command, ...words] = written.write.validate ?? ['false'];
    const validate = (text: string) => {
      host.run(['sh', '-c', 'cat >/etc/sysconfig/new'], text);
      return host.run([command, ...words.map((word) => word.replace('%s', '/etc/sysconfig/new'))]).code;
    };
    expect(validate(written.write.content.toString())).toBe(0);
    expect(validate('*filter\n-A INPUT --dport 80 -j ACCEPT\nCOMMIT\n')).not.toBe(0);
    expect(running()).toEqual([]);
  });

  it.each([
    ['-A INPUT -p tcp --dport 99999 -j ACCEPT', "invalid port/service `99999' specified"],
    ['-A INPUT --wibble -j ACCEPT', 'unknown option "--wibble"'],
    ['-A INPUT -j NOWHERE', 'NOWHERE'],
  ])('is blocked by what iptables refuses: %s', async (rule, words) => {
    const finding = await look(spec({ rules: [...shippedRules, rule] }));
    expect(finding).toMatchObject({ status: 'blocked', reason: expect.stringContaining(rule) });
    expect(finding).toMatchObject({ reason: expect.stringContaining(words) });
  });

  it.each([
    ['*filter\n-A INPUT -p tcp --dport nonsense -j ACCEPT\nCOMMIT\n', 'invalid port/service `nonsense'],
    [
      '*filter\n-A INPUT -s 10.0.0.1,10.0.0.2 -j ACCEPT\nCOMMIT\n',
      'a line of chain INPUT stands for several',
    ],
    ['*filter\n-A INPUT -j ACCEPT\n-I INPUT -j DROP\nCOMMIT\n', 'line 3 is no -A rule: -I INPUT -j DROP'],
    ['*filter\n-A INPUT -j ACCEPT\n', 'COMMIT expected at line 3'],
  ])('is blocked by a saved list that cannot be edited: %j', async (text, words) => {
    save(text);
    const finding = await look(spec({ rules: shippedRules }));
    expect(finding).toMatchObject({ status: 'blocked', reason: expect.stringContaining(words) });
  });

  it('puts rules into chains of others, which both lists have', async () => {
    const list = elSavedList.replace(
      '-A INPUT',
      ':OURS - [0:0]\n-A OURS -j RETURN\n-A INPUT -j OURS\n-A INPUT',
    );
    save(list);
    load(list);
    const rules = ['-A OURS -p udp -m udp --dport 53 -j ACCEPT', '-A INPUT -p udp -m udp -j OURS'];
    const what = spec({ rules });
    await apply(what);
    expect(running().slice(-2)).toEqual([rules[0], '-A OURS -j RETURN']);
    expect(await look(what)).toEqual({ status: 'ok' });
    expect(await look(spec({ rules: ['-A THEIRS -j DROP'] }))).toMatchObject({
      status: 'blocked',
      reason: 'the running list has no chain THEIRS',
    });
  });

  it('speaks IPv6 and other tables', async () => {
    const six = spec({ rules: ['-A INPUT -s fd00::/8 -p tcp --dport 80 -j ACCEPT'], family: 'ipv6' });
    await apply(six);
    expect(running('ip6tables')).toEqual(['-A INPUT -s fd00::/8 -p tcp -m tcp --dport 80 -j ACCEPT']);
    expect(await look(six)).toEqual({ status: 'ok' });
    save(elSavedList);
    const nat = spec({ rules: ['-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE'], table: 'nat' });
    await apply(nat);
    expect(running('iptables', 'nat')).toEqual(nat.rules);
    expect(saved().startsWith(elSavedList)).toBe(true);
    expect(await look(nat)).toEqual({ status: 'ok' });
  });

  it('reads lists that speak of sets, which a fresh namespace does not have', async () => {
    expect(host.run(['ipset', 'create', 'bad', 'hash:ip'])).toMatchObject({ code: 0 });
    const list = elSavedList.replace('-A INPUT', '-A INPUT -m set --match-set bad src -j DROP\n-A INPUT');
    save(list);
    load(list);
    const what = spec({ rules: shippedRules });
    await apply(what);
    expect(running()[2]).toBe('-A INPUT -m set --match-set bad src -j DROP');
    expect(await look(what)).toEqual({ status: 'ok' });
  });
});

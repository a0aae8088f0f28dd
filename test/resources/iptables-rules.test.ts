import { describe, expect, it } from 'vitest';
import type { FileState, Finding } from '../../src/model/index.ts';
import { iptablesRules } from '../../src/resources/iptables-rules.ts';
import { effects, type Script, scriptedHost, standingFile } from '../scripted-host.ts';
import { elSavedList, shippedRules } from './iptables/lists.ts';

type Spec = Parameters<typeof iptablesRules>[0];

interface Seen {
  readonly running?: string;
  readonly saved?: string;
  readonly file?: FileState;
  readonly ours?: string;
  readonly lists?: { readonly stdout: string; readonly stderr?: string };
  readonly service?: string;
  readonly firewalld?: string;
}

const REJECT = '-A INPUT -j REJECT --reject-with icmp-host-prohibited';
const EMPTY = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
const WITH_OURS = `*filter\n${shippedRules.join('\n')}\nCOMMIT\n`;
const section = (name: string, text: string, code = 0) => `@${name} ${code}\n${text.replace(/^/gm, '|')}\n`;

function script(seen: Seen): Script {
  const {
    running = EMPTY,
    saved,
    ours = WITH_OURS,
    service = 'LoadState=loaded\nUnitFileState=enabled\nActiveState=active',
  } = seen;
  const lists = [section('running', running), section('ours', ours)];
  if (saved !== undefined) lists.push(section('saved', saved));
  const file = seen.file ?? (saved === undefined ? { exists: false } : standingFile(saved, { mode: '0600' }));
  const units = `Id=iptables.service\n${service}\n\nId=firewalld.service\nActiveState=${seen.firewalld ?? 'inactive'}\n`;
  return {
    files: { '/etc/sysconfig/iptables': file },
    probes: [
      ['systemctl show', { stdout: units }],
      ['unshare', seen.lists ?? { stdout: lists.join('') }],
    ],
  };
}

async function find(seen: Seen, spec: Partial<Spec> = {}, before = effects()): Promise<Finding> {
  const step = await iptablesRules({ rules: shippedRules, ...spec }).prepare({ root: '/' });
  return (await step.look(scriptedHost(script(seen)))).diff(before);
}

describe('iptablesRules finds', () => {
  it('nothing to do where both lists have the rules', async () => {
    expect(await find({ running: WITH_OURS, saved: WITH_OURS })).toEqual({ status: 'ok' });
  });

  it('what each list lacks, and changes each for itself', async () => {
    const finding = await find({ running: elSavedList, saved: elSavedList });
    const where = '+2 rules in INPUT (before REJECT), +2 rules in OUTPUT';
    expect(finding).toMatchObject({
      status: 'change',
      changes: [
        { aspect: 'running', summary: `in force: ${where}` },
        {
          aspect: 'saved',
          summary: `saved in /etc/sysconfig/iptables: ${where}`,
          before: '',
          after: `${shippedRules.join('\n')}\n`,
        },
      ],
    });
  });

  it('never copies the running list into the saved one', async () => {
    const running = `*filter\n-A INPUT -s 10.6.6.6/32 -j ACCEPT\n${REJECT}\nCOMMIT\n`;
    const finding = await find({ running, saved: elSavedList });
    const action = finding.status === 'change' ? finding.changes[1]?.actions[0] : undefined;
    const after = action && 'write' in action ? action.write.content.toString() : undefined;
    expect(after).not.toContain('10.6.6.6');
    expect(
      after
        ?.split('\n')
        .filter((line) => !shippedRules.includes(line))
        .join('\n'),
    ).toBe(elSavedList);
  });

  it('only the list that differs', async () => {
    expect(await find({ running: EMPTY, saved: WITH_OURS })).toMatchObject({
      changes: [{ aspect: 'running' }],
    });
    expect(await find({ running: WITH_OURS, saved: EMPTY })).toMatchObject({
      changes: [{ aspect: 'saved' }],
    });
  });

  it('rules that stand behind a REJECT', async () => {
    const [first, ...more] = shippedRules;
    const running = `*filter\n${[more[0], REJECT, first, ...more.slice(1)].join('\n')}\nCOMMIT\n`;
    expect(await find({ running, saved: WITH_OURS })).toMatchObject({
      changes: [
        {
          summary: 'in force: 1 rule moved in INPUT (before REJECT)',
          before: `${first}\n`,
          after: `${first}\n`,
        },
      ],
    });
  });

  it('which chains may decide first', async () => {
    const running = `*filter\n:f2b-all - [0:0]\n-A INPUT -j f2b-all\n${REJECT}\nCOMMIT\n`;
    expect(await find({ running, saved: WITH_OURS })).toMatchObject({
      note: 'stands behind the jump to f2b-all: what that decides first is not looked into',
    });
  });

  it('that the service is not enabled', async () => {
    const service = 'LoadState=loaded\nUnitFileState=disabled';
    expect(await find({ saved: EMPTY, service })).toMatchObject({
      note: 'iptables.service is disabled: saved rules are not loaded at boot',
    });
  });

  it('the saved file to keep its mode and owner, and a new one to be root’s alone', async () => {
    const file = standingFile(EMPTY, { mode: '0640', group: 'wheel' });
    expect(await find({ running: WITH_OURS, saved: EMPTY, file })).toMatchObject({
      changes: [{ actions: [{ write: { mode: '0640', owner: 'root', group: 'wheel' } }] }],
    });
    expect(await find({ running: WITH_OURS })).toMatchObject({
      changes: [{ actions: [{ write: { mode: '0600', owner: 'root', group: 'root' } }] }],
    });
  });

  it.each([
    ['nothing where they are in neither list', { running: EMPTY }, []],
    [
      'them in the running list',
      { running: WITH_OURS, saved: EMPTY },
      ['in force: -2 rules in INPUT, -2 rules in OUTPUT'],
    ],
    [
      'them in the saved list',
      { saved: WITH_OURS },
      ['saved in /etc/sysconfig/iptables: -2 rules in INPUT, -2 rules in OUTPUT'],
    ],
  ])('when they shall be absent: %s', async (_, seen, summaries) => {
    const service = 'LoadState=not-found\nUnitFileState=';
    const finding = await find({ ...seen, service }, { state: 'absent' });
    expect(finding.status === 'change' ? finding.changes.map(({ summary }) => summary) : []).toEqual(
      summaries,
    );
  });
});

const missing = { stdout: '@missing 127\n|iptables-save\n' };
const notFound = 'LoadState=not-found\nUnitFileState=';
const yum = { step: 'yumPackage iptables-services', certain: true };

describe('iptablesRules on a host that is not ready', () => {
  it.each<[string, Seen, Parameters<typeof effects>[0]]>([
    ['no iptables yet', { lists: missing, service: notFound }, { command: { iptables: yum } }],
    ['no service yet', { service: notFound }, { unit: { 'iptables.service': yum } }],
    [
      'firewalld to be masked',
      { firewalld: 'active' },
      { appears: { '/etc/systemd/system/firewalld.service': yum } },
    ],
  ])('knows until when it is unknown: %s', async (_, seen, coming) => {
    expect(await find(seen, {}, effects(coming))).toMatchObject({ status: 'unknown', until: yum.step });
  });

  it('knows that a service which starts puts the saved list in force', async () => {
    const seen = { running: WITH_OURS, saved: EMPTY };
    const service = 'LoadState=loaded\nUnitFileState=disabled\nActiveState=inactive';
    const starts = effects({ unit: { 'x.service': yum } });
    expect(await find({ ...seen, service }, {}, starts)).toMatchObject({
      status: 'unknown',
      until: yum.step,
    });
    const dead = `*filter\n${[REJECT, ...shippedRules].join('\n')}\nCOMMIT\n`;
    expect(await find({ running: dead, saved: EMPTY, service }, {}, starts)).toMatchObject({
      status: 'unknown',
    });
    expect(await find({ running: EMPTY, saved: WITH_OURS, service }, {}, starts)).toMatchObject({
      changes: [{ aspect: 'running' }],
    });
    expect(await find({ ...seen, service })).toMatchObject({ changes: [{ aspect: 'saved' }] });
    expect(await find(seen, {}, starts)).toMatchObject({ changes: [{ aspect: 'saved' }] });
    expect(await find({ ...seen, running: EMPTY, service }, {}, starts)).toMatchObject({
      changes: [{ aspect: 'running' }, { aspect: 'saved' }],
    });
  });

  it.each<[string, Seen, string]>([
    ['no iptables', { lists: missing, service: notFound }, 'iptables is not installed'],
    [
      'no service',
      { service: notFound },
      'the saved rules would never be loaded: iptables-services is not installed',
    ],
    ['firewalld runs', { firewalld: 'active' }, 'firewalld is running, and it would fight over the rules'],
    [
      'firewalld starts',
      { firewalld: 'activating' },
      'firewalld is running, and it would fight over the rules',
    ],
    [
      'a symlink',
      { saved: EMPTY, file: { ...plainFile(), type: 'symlink' } },
      '/etc/sysconfig/iptables cannot be edited: it is a symlink, not a file',
    ],
    [
      'a huge file',
      { saved: EMPTY, file: plainFile() },
      '/etc/sysconfig/iptables cannot be edited: it is larger than 1 MiB',
    ],
    [
      'a rule for two addresses',
      { ours: EMPTY },
      'iptables does not take a rule: a rule that names several addresses stands for several rules: write one for each',
    ],
  ])('is blocked: %s', async (_, seen, reason) => {
    expect(await find(seen)).toMatchObject({ status: 'blocked', reason });
  });

  it('names the step that takes over from firewalld', async () => {
    expect(await find({ firewalld: 'active' })).toMatchObject({
      advice: expect.stringContaining('iptablesService({}) before it takes over'),
    });
  });

  it.each([
    [
      '-A THEIRS -j ACCEPT',
      '*filter\n:THEIRS - [0:0]\nCOMMIT\n',
      EMPTY,
      '/etc/sysconfig/iptables has no chain THEIRS',
    ],
    [
      '-A THEIRS -j ACCEPT',
      EMPTY,
      '*filter\n:THEIRS - [0:0]\nCOMMIT\n',
      'the running list has no chain THEIRS',
    ],
    ['-A INPUT -j THEIRS', EMPTY, EMPTY, 'the running list has no chain THEIRS'],
  ])('is blocked by a chain that is missing: %s', async (rule, running, saved, reason) => {
    const ours = `*filter\n:THEIRS - [0:0]\n${rule}\nCOMMIT\n`;
    expect(await find({ running, saved, ours }, { rules: [rule] })).toMatchObject({
      status: 'blocked',
      reason,
    });
  });

  it.each<[string, Seen, string]>([
    [
      'iptables-save fails',
      { lists: { stdout: section('running', '', 4), stderr: '@running\nbusy' } },
      'busy',
    ],
    [
      'unshare fails',
      {
        lists: {
          stdout: `${section('running', EMPTY)}@ours 1\n|\n`,
          stderr: '@running\n@ours\nunshare: unshare failed: Operation not permitted',
        },
      },
      'Operation not permitted',
    ],
    [
      'the lock is held',
      {
        lists: {
          stdout: `${section('running', EMPTY)}@ours 4\n|\n`,
          stderr: '@running\n@ours\nAnother app is currently holding the xtables lock',
        },
      },
      'holding the xtables lock',
    ],
    ['unshare is missing', { lists: { stdout: '@missing 127\n|unshare\n' } }, 'unshare is not there'],
    ['the file came in between', { file: standingFile(EMPTY) }, 'changed while we looked'],
  ])('says that it does not know: %s', async (_, seen, message) => {
    await expect(find(seen)).rejects.toThrow(message);
  });
});

function plainFile() {
  return { exists: true, type: 'file', mode: '0600', owner: 'root', group: 'root', size: 2_000_000 } as const;
}

describe('the step iptablesRules', () => {
  it('is known by its rule, or by its chains', () => {
    const [rule = ''] = shippedRules;
    expect(iptablesRules({ rules: [rule] }).name).toBe(rule);
    expect(iptablesRules({ rules: shippedRules }).name).toBe('INPUT, OUTPUT (4 rules)');
    expect(iptablesRules({ rules: [rule], family: 'ipv6', table: 'mangle' }).name).toBe(
      `ipv6 mangle ${rule}`,
    );
  });

  it('owns its rules, not the lists', () => {
    expect(iptablesRules({ rules: ['-A INPUT -j DROP'], table: 'raw', family: 'ipv6' }).manages).toEqual([
      'rule:ipv6:raw:-A INPUT -j DROP',
    ]);
  });

  it('effects that the saved list changes', async () => {
    const step = await iptablesRules({ rules: shippedRules }).prepare({ root: '/' });
    const look = async (seen: Seen) => {
      const seenNow = await step.look(scriptedHost(script(seen)));
      return seenNow.effects(seenNow.diff(effects()));
    };
    expect(await look({ saved: EMPTY })).toEqual({ changes: ['/etc/sysconfig/iptables'] });
    expect(await look({ saved: WITH_OURS })).toEqual({});
  });

  it.each([
    [{ rules: ['-I INPUT -j ACCEPT'] }, 'a rule begins with `-A CHAIN `'],
    [{ rules: ['-A INPUT -j ACCEPT\n-F INPUT'] }, 'a rule is one line'],
    [{ rules: ['-A INPUT -p tcp'] }, 'a rule needs a target'],
    [{ rules: ['-A INPUT -t nat -j ACCEPT'] }, 'write `table` beside `rules`'],
    [{ rules: [] }, 'rules'],
  ])('refuses %j before anything is touched', (spec, message) => {
    expect(() => iptablesRules(spec)).toThrow(message);
  });
});

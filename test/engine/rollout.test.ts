import { beforeEach, describe, expect, it } from 'vitest';
import {
  FactsNeeded,
  type Hook,
  type Host,
  type HostResult,
  nothingPending,
  type Play,
  type Rollout,
} from '../../src/model/index.ts';
import { check, drain, host, onLb, Story } from './rollout-story.ts';
import { entry, linkLost } from './toy-host.ts';

let story: Story;

beforeEach(() => {
  story = new Story('a', 'b', 'c');
  for (const name of ['a', 'b', 'c']) story.toy('lb').entries.set(name, 'ready');
});

const turn = (name: string) => [`lb: set ${name} drain`, `${name}: set page new`, `lb: set ${name} ready`];
const statuses = (hosts: readonly HostResult[]) => hosts.map(({ status }) => status);
const steps = (hosts: readonly HostResult[]) => hosts.map((host) => host.steps.map(({ status }) => status));

describe('a rollout', () => {
  it('drains, changes and undrains one host after the other', async () => {
    const { hosts } = await story.run(story.play());
    expect(story.log).toEqual([...turn('a'), ...turn('b'), ...turn('c')]);
    expect(statuses(hosts)).toEqual(['changed', 'changed', 'changed']);
  });

  it('reports what goes before and after as done, apart from the steps', async () => {
    const { hosts, rollouts } = await story.run(story.play());
    expect(steps(hosts)).toEqual([['changed'], ['changed'], ['changed']]);
    expect(hosts[0]?.rollouts).toMatchObject([
      {
        play: 'web',
        before: [
          { kind: 'entry', name: 'a', on: 'lb', status: 'done', changes: [{ summary: 'ready → drain' }] },
        ],
        after: [{ on: 'lb', status: 'done' }],
        verify: [],
      },
    ]);
    expect(rollouts).toMatchObject([{ play: 'web', batches: [['a'], ['b'], ['c']], notReached: [] }]);
  });

  it('leaves hosts alone that have nothing to change, and needs no exec more for them', async () => {
    for (const name of ['a', 'b', 'c']) story.toy(name).entries.set('page', 'new');
    const { hosts, rollouts } = await story.run(story.play());
    expect(hosts.map(({ status, execs, rollouts: turns }) => [status, execs, turns])).toEqual(
      Array(3).fill(['ok', 1, undefined]),
    );
    expect([rollouts, story.log, story.toy('lb').connections]).toEqual([[], [], 0]);
  });

  it('takes into its batches only hosts with something to change', async () => {
    story.toy('b').entries.set('page', 'new');
    const { rollouts } = await story.run(story.play({ serial: [2] }));
    expect(rollouts[0]?.batches).toEqual([['a', 'c']]);
  });

  it('is shown by plan, which touches nothing', async () => {
    const run = await story.open(story.play());
    const hosts = await run.plan();
    expect(run.rollouts).toMatchObject([{ batches: [['a'], ['b'], ['c']] }]);
    expect(hosts[1]?.rollouts).toMatchObject([
      { before: [{ name: 'b', on: 'lb', status: 'pending', changes: [] }], after: [{ status: 'pending' }] },
    ]);
    expect([story.log, story.toy('lb').connections]).toEqual([[], 0]);
  });
});

describe('a host that fails', () => {
  it('is closed again, and the rest is not reached', async () => {
    const bad = story.play({}, { steps: () => [entry({ key: 'page', value: 'new', run: ['fail'] })] });
    const { hosts, rollouts } = await story.run(bad);
    expect(story.log).toEqual(['lb: set a drain', 'a: fail', 'lb: set a ready']);
    expect(statuses(hosts)).toEqual(['failed', 'pending', 'pending']);
    expect(hosts[1]?.steps).toMatchObject([
      {
        status: 'skipped',
        note: 'not reached: the rollout stopped: a failed, 1 host where maxFail allows 0',
      },
    ]);
    expect(rollouts).toMatchObject([{ batches: [['a']], notReached: ['b', 'c'] }]);
  });

  it('lets the rollout go on as far as maxFail says', async () => {
    const bad = story.play(
      { maxFail: 1 },
      { steps: () => [entry({ key: 'page', value: 'new', run: ['fail'] })] },
    );
    const { hosts, rollouts } = await story.run(bad);
    expect(statuses(hosts)).toEqual(['failed', 'failed', 'pending']);
    expect(rollouts[0]?.stopped).toBe('a, b failed, 2 hosts where maxFail allows 1');
  });

  it('counts when it cannot be reached, before anything is changed', async () => {
    story.toy('c').unreachable = true;
    const { hosts, rollouts } = await story.run(story.play());
    expect(statuses(hosts)).toEqual(['pending', 'pending', 'unreachable']);
    expect([rollouts[0]?.batches, rollouts[0]?.notReached, story.log]).toEqual([[], ['a', 'b'], []]);
  });

  it('stays open when it is lost, and says so', async () => {
    story.toy('a').beforeExec = (exec) => {
      if (exec < 2) return;
      story.toy('a').unreachable = true;
      linkLost();
    };
    const { hosts } = await story.run(story.play());
    expect(story.log).toEqual(['lb: set a drain']);
    expect(hosts[0]).toMatchObject({
      status: 'unreachable',
      rollouts: [
        {
          after: [{ status: 'skipped', note: 'not run: the host cannot be reached; the next apply does it' }],
        },
      ],
    });
  });

  it('is not changed where what goes before fails, and is closed all the same', async () => {
    const before = ({ name }: Host) => [
      ...drain(host(name)),
      onLb(entry({ key: `${name} sessions`, value: '0', run: ['fail', 'waiting'] })),
      onLb(entry({ key: 'never', value: 'run' })),
    ];
    const { hosts } = await story.run(story.play({ before }));
    expect(story.log).toEqual(['lb: set a drain', 'lb: fail waiting', 'lb: set a ready']);
    expect(steps(hosts)).toEqual([['skipped'], ['skipped'], ['skipped']]);
    expect(statuses(hosts)).toEqual(['failed', 'pending', 'pending']);
    expect(hosts[0]?.steps[0]?.note).toBe('not changed: entry a sessions on lb failed before it');
    expect(hosts[0]?.rollouts?.[0]?.before.map(({ status }) => status)).toEqual([
      'done',
      'failed',
      'skipped',
    ]);
  });

  it('to be closed counts as failed, and is told', async () => {
    const after = ({ name }: Host) => [onLb(entry({ key: name, value: 'ready', run: ['fail', 'undrain'] }))];
    const { hosts } = await story.run(story.play({ after }));
    expect(statuses(hosts)).toEqual(['failed', 'pending', 'pending']);
    expect(hosts[0]?.steps[0]?.status).toBe('changed');
    expect(hosts[0]?.rollouts?.[0]?.after).toMatchObject([
      { status: 'failed', failure: { message: 'it broke' } },
    ]);
  });

  it('to be closed: only what would do harm then is left out', async () => {
    const opened = (key: string, more: Partial<Hook> = {}) => ({
      ...onLb(entry({ key, value: 'ready' })),
      ...more,
    });
    const broken = onLb(entry({ key: 'broken', value: 'ready', run: ['fail', 'undrain'] }));
    const after = () => [opened('x', { ifDone: true }), broken, opened('y', { ifDone: true }), opened('z')];
    const { hosts } = await story.run(story.play({ after }));
    const left = 'not run: what goes before it has failed';
    expect(hosts[0]?.rollouts?.[0]?.after).toMatchObject([
      { name: 'x', status: 'done' },
      { name: 'broken', status: 'failed' },
      { name: 'y', status: 'skipped', note: left },
      { name: 'z', status: 'done' },
    ]);
  });

  it('for its balancer, which cannot be reached, is not changed', async () => {
    story.toy('lb').unreachable = true;
    const { hosts } = await story.run(story.play());
    expect(hosts[0]?.rollouts?.[0]?.before[0]?.failure?.message).toBe('lb: no route to host');
    expect(story.log).toEqual([]);
  });
});

describe('what was left open', () => {
  const balancer = (): Play => ({
    name: 'balancer',
    hosts: [host('lb')],
    place: undefined,
    steps: () => [entry({ key: 'x', value: '1' })],
    checks: () => [],
  });

  beforeEach(() => {
    for (const name of ['a', 'b', 'c']) story.toy(name).entries.set('page', 'new');
    story.toy('lb').entries.set('b', 'drain');
    story.toy('lb').entries.set('x', '1');
  });

  it('is seen by the next plan in the look that it makes anyway', async () => {
    const run = await story.open(story.play(), balancer());
    const hosts = await run.plan();
    expect(statuses(hosts)).toEqual(['ok', 'pending', 'ok', 'ok']);
    expect(hosts[1]).toMatchObject({
      steps: [{ status: 'ok' }],
      rollouts: [
        { before: [], after: [{ on: 'lb', status: 'pending', changes: [{ summary: 'drain → ready' }] }] },
      ],
    });
    expect(hosts.map(({ execs }) => execs)).toEqual([1, 1, 1, 1]);
  });

  it('is closed by the next apply, without a change', async () => {
    const { hosts } = await story.run(story.play(), balancer());
    expect(story.log).toEqual(['lb: set b ready']);
    expect(steps(hosts)).toEqual([['ok'], ['ok'], ['ok'], ['ok']]);
    expect(statuses(hosts)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(hosts[1]?.rollouts?.[0]?.after).toMatchObject([{ status: 'done' }]);
  });

  it('is closed before another host is opened', async () => {
    story.toy('a').entries.set('page', 'old');
    await story.run(story.play(), balancer());
    expect(story.log).toEqual(['lb: set b ready', ...turn('a')]);
  });

  it('goes first where it is to be changed itself', async () => {
    for (const name of ['a', 'b']) story.toy(name).entries.set('page', 'old');
    await story.run(story.play(), balancer());
    expect(story.log).toEqual(['b: set page new', 'lb: set b ready', ...turn('a')]);
  });

  it('is not looked for where its host is not of the run', async () => {
    const run = await story.open(story.play());
    expect(statuses(await run.plan())).toEqual(['ok', 'ok', 'ok']);
    expect(story.toy('lb').connections).toBe(0);
  });
});

describe('Ctrl-C', () => {
  /** After each command there, besides what the story keeps of it. */
  function onCommand(host: string, take: (line: string) => void): void {
    const toy = story.toy(host);
    const keep = toy.afterCommand;
    toy.afterCommand = (line) => {
      keep(line);
      take(line);
    };
  }

  it('in a change closes what was opened, over new connections, and goes no further', async () => {
    const run = await story.open(story.play());
    await run.plan();
    onCommand('a', (line) => {
      if (!line.startsWith('set page')) return;
      story.interruption.abort();
      linkLost();
    });
    const hosts = await run.apply();
    expect(story.log).toEqual(turn('a'));
    expect(hosts[0]).toMatchObject({
      failure: { kind: 'interrupted' },
      rollouts: [{ after: [{ status: 'done' }] }],
    });
    expect(run.rollouts).toMatchObject([{ stopped: 'interrupted', notReached: ['b', 'c'] }]);
  });

  it('before the change leaves it undone', async () => {
    const run = await story.open(story.play());
    await run.plan();
    onCommand('lb', (line) => {
      if (line.startsWith('set a drain')) story.interruption.abort();
    });
    await run.apply();
    expect(story.log).toEqual(['lb: set a drain', 'lb: set a ready']);
  });
});

describe('last', () => {
  const last = () => ({ holds: 'the address', probe: ['get', 'vip'] as const });
  const order = (): string[] =>
    story.log.filter((line) => line.includes('page')).map((line) => line.slice(0, 1));

  it('is changed after all others, alone', async () => {
    story.toy('a').entries.set('vip', '');
    const run = await story.open(story.play({ serial: [3], last }));
    await run.plan();
    expect(run.rollouts).toMatchObject([
      { batches: [['b', 'c'], ['a']], last: { host: 'a', holds: 'the address' } },
    ]);
    await run.apply();
    expect(order()).toEqual(['b', 'c', 'a']);
  });

  it('is asked again before each batch', async () => {
    story.toy('c').entries.set('vip', '');
    const run = await story.open(story.play({ last }));
    await run.plan();
    const toy = story.toy('a');
    const done = toy.afterCommand;
    toy.afterCommand = (line) => {
      done(line);
      if (!line.startsWith('set page')) return;
      story.toy('c').entries.delete('vip');
      story.toy('b').entries.set('vip', '');
    };
    await run.apply();
    expect(order()).toEqual(['a', 'c', 'b']);
    expect(run.rollouts[0]?.last?.host).toBe('b');
  });

  it('stops where two hosts say that they are it', async () => {
    for (const name of ['a', 'c']) story.toy(name).entries.set('vip', '');
    const { hosts, rollouts } = await story.run(story.play({ last }));
    expect(story.log).toEqual([]);
    expect(statuses(hosts)).toEqual(['failed', 'pending', 'failed']);
    expect(hosts[0]?.failure?.message).toBe(
      'a and c both hold the address, which only one can: none of them was changed',
    );
    expect(rollouts[0]).toMatchObject({
      stopped: 'a and c both hold the address',
      notReached: ['a', 'b', 'c'],
    });
  });

  it('stops where a host does not tell', async () => {
    const run = await story.open(story.play({ last }));
    await run.plan();
    story.toy('b').beforeExec = () => {
      story.toy('b').unreachable = true;
      linkLost();
    };
    const hosts = await run.apply();
    expect(statuses(hosts)).toEqual(['pending', 'unreachable', 'pending']);
    expect(run.rollouts[0]?.stopped).toBe('b did not answer whether to go last');
  });
});

describe('the plays after it', () => {
  it('are not begun where it stops, and what they leave is pending', async () => {
    const bad = story.play({}, { steps: () => [entry({ key: 'page', value: 'new', run: ['fail'] })] });
    const { rollout: _, ...later } = story.play(
      {},
      { name: 'later', hosts: [host('lb'), host('b')], steps: () => [entry({ key: 'x', value: '1' })] },
    );
    const { hosts } = await story.run(bad, later);
    expect(hosts.map(({ name, status }) => [name, status])).toEqual([
      ['a', 'failed'],
      ['b', 'pending'],
      ['c', 'pending'],
      ['lb', 'pending'],
    ]);
    expect(hosts[3]?.steps[0]).toMatchObject({
      status: 'skipped',
      note: 'not reached: the rollout of web stopped: a failed, 1 host where maxFail allows 0',
    });
    expect(story.toy('lb').entries.has('x')).toBe(false);
  });

  it('are begun where a host failed that may', async () => {
    const run = (name: string) => (name === 'a' ? { run: ['fail'] as [string] } : {});
    const bad = story.play(
      { maxFail: 1 },
      { steps: ({ name }) => [entry({ key: 'page', value: 'new', ...run(name) })] },
    );
    const { rollout: _, ...later } = story.play(
      {},
      { name: 'later', hosts: [host('lb')], steps: () => [entry({ key: 'x', value: '1' })] },
    );
    const { hosts } = await story.run(bad, later);
    expect(statuses(hosts)).toEqual(['failed', 'changed', 'changed', 'changed']);
  });
});

describe('facts', () => {
  it('that only `before` asks for are read once something is pending', async () => {
    for (const name of ['a', 'b', 'c']) story.toy(name).entries.set('name', name);
    const before: Rollout['before'] = (_, facts, pending) => {
      if (pending === nothingPending) return [];
      if (!facts) throw new FactsNeeded();
      return [onLb(entry({ key: facts.hostname, value: 'drain' }))];
    };
    await story.run(story.play({ before }));
    expect(story.log).toEqual([...turn('a'), ...turn('b'), ...turn('c')]);
  });
});

describe('the checks of the play', () => {
  it('must hold after each batch, or the rest is not reached', async () => {
    const bad = story.play(
      { maxFail: 3 },
      { checks: ({ name }) => [check(async () => ({ ok: name !== 'b', detail: 'no' }))] },
    );
    const { hosts, rollouts } = await story.run(bad);
    expect(statuses(hosts)).toEqual(['changed', 'failed', 'pending']);
    expect(hosts[1]?.rollouts?.[0]?.verify).toMatchObject([{ status: 'failed', failure: { message: 'no' } }]);
    expect(rollouts[0]?.stopped).toBe("the play's checks do not hold on b");
  });

  it.each<[settle: number, statuses: string[]]>([
    [5, ['changed', 'changed', 'changed']],
    [0, ['failed', 'pending', 'pending']],
  ])('may fail for %i s after a change', async (settle, expected) => {
    const failing = new Set(['a', 'b']);
    const checks = ({ name }: Host) => [
      check(async () =>
        failing.delete(name) ? { ok: false, detail: 'not yet' } : { ok: true, detail: 'now' },
      ),
    ];
    const { hosts } = await story.run(story.play({}, { checks, settle }));
    expect(statuses(hosts)).toEqual(expected);
    if (settle === 0) return;
    const said = hosts.map(({ rollouts }) => rollouts?.[0]?.verify[0]?.note);
    expect(said).toEqual(['now; at first: not yet', 'now; at first: not yet', 'now']);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Run } from '../../src/engine/run.ts';
import type { TagSelection } from '../../src/engine/tag-selection.ts';
import type {
  Check,
  CheckContext,
  Facts,
  HostResult,
  Play,
  Reader,
  RunEvent,
  Step,
} from '../../src/model/index.ts';
import { FactsNeeded, InputError, NotUpError, UnreachableError } from '../../src/model/index.ts';
import { entry, linkLost, ToyHost } from './toy-host.ts';
import { toyHost as host, toyContext } from './toy-run.ts';

let toys: Record<string, ToyHost>;
let events: RunEvent[];
let interruption: AbortController;

beforeEach(() => {
  toys = { a: new ToyHost(), b: new ToyHost() };
  events = [];
  interruption = new AbortController();
});

function toy(name = 'a'): ToyHost {
  const found = toys[name];
  if (!found) throw new Error(`no toy ${name}`);
  return found;
}

function play(steps: (facts: Facts | undefined) => Step[], hosts = ['a'], name = 'play'): Play {
  return {
    name,
    hosts: hosts.map(host),
    place: undefined,
    steps: (_, facts) => steps(facts),
    checks: () => [],
  };
}

function open(...plays: Play[]): Promise<Run> {
  return openSelected(undefined, ...plays);
}

function openSelected(selection: TagSelection | undefined, ...plays: Play[]): Promise<Run> {
  const { signal } = interruption;
  const listener = (event: RunEvent) => void events.push(event);
  return Run.prepare(plays, toyContext({ toy, listener, signal, selection }));
}

async function planAndApply(...plays: Play[]): Promise<HostResult[]> {
  const run = await open(...plays);
  await run.plan();
  return run.apply();
}

function statuses([result]: HostResult[]): string[] {
  return result?.steps.map(({ status }) => status) ?? [];
}

function names(results: readonly HostResult[]): unknown[] {
  return results.map((result) => [result.name, result.steps.map((step) => step.name)]);
}

const x = () => entry({ key: 'x', value: '1' });
const y = () => entry({ key: 'y', value: '1' });
const z = () => entry({ key: 'z', value: '1' });

describe('a step that does not apply to the host', () => {
  const steps = () => [entry({ key: 'x', value: '1', skip: 'not here' }), y()];

  it('is skipped with its reason, and brings nothing for later steps', async () => {
    const needy = () => [...steps().slice(0, 1), entry({ key: 'y', value: '1', needs: 'x' })];
    const [result] = await (await open(play(needy))).plan();
    expect(result?.steps).toMatchObject([
      { status: 'skipped', note: 'not here', changes: [] },
      { status: 'failed', failure: { message: 'no x' } },
    ]);
  });

  it('does not stop the steps after it, and is not set back in the end', async () => {
    const results = await planAndApply(play(() => [z(), ...steps()]));
    expect(results).toMatchObject([{ status: 'changed' }]);
    expect(statuses(results)).toEqual(['changed', 'skipped', 'changed']);
    expect(results[0]?.steps[1]?.note).toBe('not here');
    expect(toy().entries.has('x')).toBe(false);
  });

  it('is no change: the host is ok, and nothing runs there', async () => {
    const only = play(() => steps().slice(0, 1));
    expect(await (await open(only)).plan()).toMatchObject([{ status: 'ok' }]);
    expect(await planAndApply(only)).toMatchObject([{ status: 'ok', steps: [{ status: 'skipped' }] }]);
    expect(toy().log.filter((line) => !line.startsWith('get'))).toEqual([]);
    expect(events.filter(({ type }) => type === 'step-started')).toEqual([]);
  });
});

describe('plan', () => {
  it('takes one exec a host, and changes nothing', async () => {
    const [result] = await (await open(play(() => [x(), y(), z()]))).plan();
    expect(result).toMatchObject({ status: 'pending', execs: 1 });
    expect(toy().log.filter((line) => !line.startsWith('get'))).toEqual([]);
  });

  it('knows what earlier steps will bring', async () => {
    const [result] = await (
      await open(play(() => [x(), entry({ key: 'y', value: '1', needs: 'x' })]))
    ).plan();
    expect(result?.steps[1]).toMatchObject({ status: 'unknown', note: 'known after entry x: x is missing' });
  });

  it('says blocked where nothing will bring it', async () => {
    const [result] = await (await open(play(() => [entry({ key: 'y', value: '1', needs: 'x' })]))).plan();
    expect(result).toMatchObject({
      status: 'failed',
      steps: [{ status: 'failed', failure: { message: 'no x' } }],
    });
  });

  it('keeps one unreachable host from hiding the others', async () => {
    toy('b').unreachable = true;
    const results = await (await open(play(() => [x()], ['b', 'a']))).plan();
    expect(results.map(({ status }) => status)).toEqual(['unreachable', 'pending']);
  });

  it('asks for facts only where a play uses them, with one exec more', async () => {
    toy().entries.set('name', 'blue');
    const run = await open(
      play((facts) => {
        if (!facts) throw new FactsNeeded();
        return [entry({ key: 'x', value: facts.hostname })];
      }),
    );
    const [result] = await run.plan();
    expect(result).toMatchObject({ execs: 2, steps: [{ changes: [{ summary: 'undefined → blue' }] }] });
  });

  it('refuses two steps that manage the same object, before connecting', async () => {
    const opening = open(
      play(() => [x()]),
      play(() => [x()]),
    );
    await expect(opening).rejects.toThrow(InputError);
    await expect(opening).rejects.toThrow('entry x manages entry:x on a, as entry x');
    expect(toy().connections).toBe(0);
  });

  it('refuses what is wrong beside a play that asks for facts, before connecting', async () => {
    const broken = { ...x(), prepare: () => Promise.reject(new InputError('no such template')) };
    const opening = open(
      play((facts) => {
        if (!facts) throw new FactsNeeded();
        return [];
      }),
      play(() => [broken]),
    );
    await expect(opening).rejects.toThrow('no such template');
    expect(toy().connections).toBe(0);
  });
});

describe('apply', () => {
  it('does nothing where nothing differs, and needs no exec for it', async () => {
    toy().entries.set('x', '1');
    expect(await planAndApply(play(() => [x()]))).toMatchObject([{ status: 'ok', execs: 1 }]);
  });

  it('changes what differs; each step acts and the next look travels with it', async () => {
    toy().entries.set('y', '1');
    const results = await planAndApply(play(() => [x(), y(), z()]));
    expect(statuses(results)).toEqual(['changed', 'ok', 'changed']);
    expect(results[0]?.execs).toBe(4);
    expect([...toy().entries.keys()].sort()).toEqual(['x', 'y', 'z']);
  });

  it('decides an unknown step once it can be known', async () => {
    const results = await planAndApply(play(() => [x(), entry({ key: 'y', value: '2', needs: 'x' })]));
    expect(statuses(results)).toEqual(['changed', 'changed']);
  });

  it('stops a host that has moved since the plan', async () => {
    toy().entries.set('y', '1');
    toy().afterCommand = (line) => line.startsWith('set x') && toy().entries.set('y', 'moved');
    const results = await planAndApply(play(() => [x(), y(), z()]));
    expect(statuses(results)).toEqual(['changed', 'failed', 'skipped']);
    expect(results[0]?.steps[1]?.failure?.message).toContain(
      'the host changed after planning; not in the plan: moved → 1',
    );
    expect(toy().entries.has('z')).toBe(false);
  });

  describe('where the host changes between plan and apply, nothing is done on it:', () => {
    it.each<[what: string, change: () => void, failed: string, message: string]>([
      ['what was to be created is there', () => toy().entries.set('x', 'mine'), 'x', 'mine → 1'],
      ['what was to be changed has another value', () => toy().entries.set('y', 'mine'), 'y', 'mine → 1'],
      ['an earlier step that was ok', () => toy().entries.delete('w'), 'w', 'undefined → 1'],
      ['a step of a later play', () => toy().entries.delete('v'), 'v', 'undefined → 1'],
    ])('%s', async (_, change, failed, message) => {
      const [w, v] = [entry({ key: 'w', value: '1' }), entry({ key: 'v', value: '1' })];
      for (const [key, value] of Object.entries({ w: '1', v: '1', y: 'old' })) toy().entries.set(key, value);
      const run = await open(
        play(() => [w, x(), y()], ['a'], 'one'),
        play(() => [z(), v], ['a'], 'two'),
      );
      await run.plan();
      change();
      toy().log.splice(0);
      const [result] = await run.apply();
      const step = result?.steps.find(({ name }) => name === failed);
      expect(step?.failure?.message).toBe(`the host changed after planning; not in the plan: ${message}`);
      expect(result?.steps.map(({ status }) => status)).not.toContain('changed');
      expect(toy().log.filter((line) => line.startsWith('set'))).toEqual([]);
      expect(result).toMatchObject({ status: 'failed', execs: 2 });
    });

    it('but what somebody else has done already is ok', async () => {
      const run = await open(play(() => [x(), y()]));
      await run.plan();
      toy().entries.set('x', '1');
      expect(statuses(await run.apply())).toEqual(['ok', 'changed']);
    });
  });

  it('fails a step of an earlier play that a later play has set back', async () => {
    toy().afterCommand = (line) => line.startsWith('set y') && toy().entries.set('x', 'set back');
    const results = await planAndApply(
      play(() => [x()], ['a'], 'one'),
      play(() => [y()], ['a'], 'two'),
    );
    expect(statuses(results)).toEqual(['failed', 'changed']);
    expect(results[0]?.steps[0]?.failure?.message).toContain('it differs again after the later steps');
  });

  it('fails a step that was ok in plan, and that an earlier play has set back', async () => {
    toy().entries.set('y', '1');
    toy().afterCommand = (line) => line.startsWith('set x') && toy().entries.set('y', 'set back');
    const results = await planAndApply(
      play(() => [x()], ['a'], 'one'),
      play(() => [y()], ['a'], 'two'),
    );
    expect(statuses(results)).toEqual(['changed', 'failed']);
  });

  it('fails a step that still differs after acting', async () => {
    const results = await planAndApply(play(() => [entry({ key: 'x', value: '1', run: ['noop'] }), y()]));
    expect(statuses(results)).toEqual(['failed', 'skipped']);
    expect(results[0]?.steps[0]?.failure?.message).toBe('done, but it still differs: undefined → 1');
  });

  it('reports a failing action with its command, exit code and last lines', async () => {
    const [result] = await planAndApply(
      play(() => [entry({ key: 'x', value: '1', run: ['fail', 'now'] }), y()]),
    );
    expect(result?.steps[0]?.failure).toMatchObject({
      command: 'fail now',
      exitCode: 7,
      lines: ['it broke'],
    });
    expect(result?.steps[1]?.status).toBe('skipped');
  });

  it('fails a step that a later one has set back', async () => {
    toy().afterCommand = (line) => line.startsWith('set y') && toy().entries.set('x', 'set back');
    const results = await planAndApply(play(() => [x(), y()]));
    expect(statuses(results)).toEqual(['failed', 'changed']);
  });

  it('does not touch a host with a blocked step', async () => {
    const results = await planAndApply(play(() => [x(), entry({ key: 'y', value: '1', needs: 'nothing' })]));
    expect(statuses(results)).toEqual(['skipped', 'failed']);
    expect(toy().entries.size).toBe(0);
  });

  it('looks again over a new connection when the link is lost after the deed', async () => {
    const run = await open(play(() => [x()]));
    await run.plan();
    toy().afterCommand = (line) => {
      if (!line.startsWith('set x')) return;
      toy().afterCommand = () => {};
      linkLost();
    };
    expect(await run.apply()).toMatchObject([{ status: 'changed' }]);
    expect(toy().connections).toBe(2);
  });

  it('does not say done of what was under way when the link was lost', async () => {
    const run = await open(play(() => [entry({ key: 'x', value: '1', run: ['linger'] }), y()]));
    await run.plan();
    toy().afterCommand = (line) => {
      if (!line.startsWith('linger')) return;
      toy().afterCommand = () => {};
      linkLost();
    };
    const [result] = await run.apply();
    expect(result?.steps.map(({ status }) => status)).toEqual(['failed', 'skipped']);
    expect(result?.steps[0]?.failure?.message).toBe(
      'the connection was lost while this was done; it still differs: undefined → 1',
    );
  });

  it('blames an interruption on no host', async () => {
    const run = await open(play(() => [x(), y()]));
    await run.plan();
    toy().afterCommand = (line) => {
      if (!line.startsWith('set x')) return;
      interruption.abort();
      linkLost();
    };
    const [result] = await run.apply();
    expect(result).toMatchObject({
      status: 'failed',
      failure: { kind: 'interrupted', message: 'interrupted' },
    });
    expect(result?.steps.map(({ status }) => status)).toEqual(['failed', 'skipped']);
    expect(toy().connections).toBe(1);
  });

  it('keeps what was done, and fails the step at which the host was lost for good', async () => {
    toy().afterCommand = (line) => {
      if (!line.startsWith('set y')) return;
      toy().unreachable = true;
      linkLost();
    };
    const results = await planAndApply(play(() => [x(), y(), z()]));
    expect(results[0]?.status).toBe('unreachable');
    expect(statuses(results)).toEqual(['changed', 'failed', 'skipped']);
  });

  it('runs a play on all hosts before the next, and the other hosts whatever happens to one', async () => {
    const bad = () => [entry({ key: 'x', value: '1', run: ['fail'] })];
    const results = await planAndApply(
      play(bad, ['a'], 'one'),
      play(() => [y()], ['a', 'b'], 'two'),
    );
    expect(results.map((result) => result.steps.map(({ status }) => status))).toEqual([
      ['failed', 'skipped'],
      ['changed'],
    ]);
  });

  it('leaves a host alone that another run is changing', async () => {
    toy().lockedBy = 'anna@laptop, process 7';
    const [result] = await planAndApply(play(() => [x(), y()]));
    expect(result?.failure?.message).toBe(
      'another run of trueup is changing this host: anna@laptop, process 7',
    );
    expect(result?.steps.map(({ status }) => status)).toEqual(['failed', 'skipped']);
    expect(toy().entries.size).toBe(0);
  });

  it('undoes a guarded change when a new connection cannot be had', async () => {
    toy().afterCommand = (line) => {
      if (line.startsWith('set x')) toy().unreachable = true;
    };
    const [result] = await planAndApply(
      play(() => [entry({ key: 'x', value: '1', undo: ['set', 'x', 'old'] })]),
    );
    expect(result?.steps[0]?.failure?.message).toBe('it would lock us out: no route to host');
    expect(toy().log.some((line) => line.includes('/run/trueup/undo/') && line.includes('set x old'))).toBe(
      true,
    );
  });

  it('says what it does while it does it', async () => {
    await planAndApply(play(() => [x()]));
    const commands = events.flatMap((event) =>
      event.type === 'command-finished' ? [[event.command.does, ...event.command.command].join(' ')] : [],
    );
    expect(commands.filter((line) => !line.includes('flock'))).toEqual([
      'look get x',
      'look get x',
      'act set x 1',
      'look get x',
    ]);
    expect(events.map(({ type }) => type).filter((type) => type !== 'command-finished')).toEqual([
      'run-started',
      'host-started',
      'connecting',
      'connected',
      'host-finished',
      'run-started',
      'host-started',
      'step-started',
      'step-finished',
      'host-waits',
      'host-finished',
    ]);
    const parts = events.flatMap((event) => (event.type === 'host-waits' ? [event.part?.status] : []));
    expect(parts).toEqual(['changed']);
  });
});

describe('tags', () => {
  const only = (...tags: string[]): TagSelection => ({ tags, skipTags: [] });
  const skip = (...skipTags: string[]): TagSelection => ({ tags: [], skipTags });
  const tagged = () => [
    entry({ key: 'x', value: '1', tags: ['base'] }),
    entry({ key: 'y', value: '1', tags: ['base', 'web'] }),
    entry({ key: 'z', value: '1' }),
  ];

  it.each<[string, TagSelection, string[]]>([
    ['--tags web', only('web'), ['y']],
    ['--tags base', only('base'), ['x', 'y']],
    ['--skip-tags web', skip('web'), ['x', 'z']],
    ['both', { tags: ['base'], skipTags: ['web'] }, ['x']],
  ])('%s: the other steps neither run nor appear', async (_, selection, expected) => {
    const run = await openSelected(selection, play(tagged));
    expect(names(await run.plan())).toEqual([['a', expected]]);
    expect(names(await run.apply())).toEqual([['a', expected]]);
    expect([...toy().entries.keys()]).toEqual(expected);
  });

  it('leave steps out of the predicted effects', async () => {
    const steps = () => [
      entry({ key: 'x', value: '1' }),
      entry({ key: 'y', value: '1', needs: 'x', tags: ['web'] }),
    ];
    const [result] = await (await openSelected(only('web'), play(steps))).plan();
    expect(result?.steps).toMatchObject([{ name: 'y', status: 'failed', failure: { message: 'no x' } }]);
  });

  it('leave hosts alone that have no selected step', async () => {
    const run = await openSelected(
      only('web'),
      play(() => [x()], ['a']),
      play(tagged, ['b']),
    );
    expect(names(await run.plan())).toEqual([['b', ['y']]]);
    expect(toy('a').connections).toBe(0);
  });

  it('do not hide two owners of one thing', async () => {
    const twice = () => [x(), entry({ key: 'x', value: '2', tags: ['web'] })];
    await expect(openSelected(only('web'), play(twice))).rejects.toThrow('entry x manages entry:x on a');
  });

  it('do not ask the laptop for what is left out', async () => {
    const broken = { ...x(), prepare: () => Promise.reject(new InputError('no such template')) };
    const run = await openSelected(
      only('web'),
      play(() => [broken, ...tagged().slice(1)]),
    );
    expect(names(await run.plan())).toEqual([['a', ['y']]]);
  });

  it('that no step has are refused before the first connection', async () => {
    const opening = openSelected(skip('wev'), play(tagged));
    await expect(opening).rejects.toThrow('--skip-tags wev: no step has this tag: did you mean `web`?');
    expect(toy().connections).toBe(0);
  });

  it('that leave nothing are refused', async () => {
    const opening = openSelected({ tags: ['web'], skipTags: ['base'] }, play(tagged));
    await expect(opening).rejects.toThrow('--tags web --skip-tags base leaves no step on any host');
  });

  it('of steps that depend on facts are judged at the end of plan', async () => {
    const withFacts = (facts: Facts | undefined) => {
      if (!facts) throw new FactsNeeded();
      return tagged();
    };
    const steps = play(() => [x()], ['b']);
    toy().entries.set('name', 'a');
    expect(names(await (await openSelected(only('web'), play(withFacts), steps)).plan())).toEqual([
      ['a', ['y']],
    ]);
    const run = await openSelected(skip('wev'), play(withFacts), steps);
    await expect(run.plan()).rejects.toThrow('--skip-tags wev: no step has this tag');
    toy().unreachable = true;
    const lost = await (await openSelected(only('web'), play(withFacts), steps)).plan();
    expect(lost).toMatchObject([{ name: 'a', status: 'unreachable' }]);
  });
});

describe('verify', () => {
  function check(name: string, more: Partial<Check> = {}): Check {
    const run = async () => ({ ok: true, detail: 'said' }) as const;
    return { kind: 'check', name, place: undefined, disturbs: false, run, ...more };
  }

  function checked(checks: (on: string) => Check[], hosts = ['a']): Play {
    return { ...play(() => [], hosts), checks: ({ name }) => checks(name) };
  }

  it('connects only where a check looks at a host', async () => {
    const looks = check('looks', {
      run: async ({ host: own }) => ({ ok: true, detail: (await own.probe(['get', 'x'])).stdout }),
    });
    toy().entries.set('x', 'seen');
    const results = await (
      await open(checked((on) => [check('asks'), ...(on === 'a' ? [looks] : [])], ['a', 'b']))
    ).verify();
    expect(results).toMatchObject([
      { status: 'ok', execs: 1, steps: [{ note: 'said' }, { note: 'seen' }] },
      { status: 'ok', execs: 0, steps: [{ note: 'said' }] },
    ]);
    expect([toy('a').connections, toy('b').connections]).toEqual([1, 0]);
  });

  it('looks at other hosts over connections that end with the checks', async () => {
    toy('b').entries.set('x', 'seen on b');
    const detail = async (reader: Reader) => (await reader.probe(['get', 'x'])).stdout;
    const looks = check('looks', {
      run: async ({ at }) => ({ ok: true, detail: await detail(at(host('b'))) }),
    });
    const [result] = await (await open(checked(() => [looks, looks]))).verify();
    expect(result).toMatchObject({ steps: [{ note: 'seen on b' }, { note: 'seen on b' }], execs: 0 });
    expect([toy('a').connections, toy('b').connections]).toEqual([0, 1]);
  });

  it('a host that cannot be looked at fails that check, and the others go on', async () => {
    toy('b').unreachable = true;
    const looks = check('looks', {
      run: async ({ at }) => ({ ok: true, detail: (await at(host('b')).file('/x')).exists ? '' : '' }),
    });
    const [result] = await (await open(checked(() => [looks, check('asks')]))).verify();
    expect(result?.steps).toMatchObject([
      { status: 'failed', failure: { message: 'no route to host' } },
      { status: 'ok' },
    ]);
  });

  it('all checks of a host know when the first of them began', async () => {
    const seen: number[] = [];
    const run = async ({ since }: CheckContext) => {
      seen.push(since);
      await new Promise((done) => setTimeout(done, 5));
      return { ok: true, detail: '' } as const;
    };
    await (await open(checked(() => [check('a', { run }), check('b', { run })]))).verify();
    expect(seen).toHaveLength(2);
    expect(new Set(seen).size).toBe(1);
  });

  it('keeps cautions and sightings', async () => {
    const outcome = { ok: true, detail: 'said', caution: 'mind', sighting: { reached: { b: 2 } } } as const;
    const [result] = await (await open(checked(() => [check('c', { run: async () => outcome })]))).verify();
    expect(result?.steps).toMatchObject([{ caution: 'mind', sighting: { reached: { b: 2 } } }]);
  });

  it.each<[what: string, apply: boolean, statuses: string[]]>([
    ['may fail for some seconds', true, ['ok', 'ok']],
    ['has one try', false, ['failed', 'ok']],
  ])(
    'where something was just changed, and only there, a check has time: it %s',
    async (_, apply, expected) => {
      let failing = true;
      const recovers = check('recovers', {
        run: async () => {
          const ok = !failing;
          failing = false;
          return { ok, detail: 'said' };
        },
      });
      const run = await open({
        ...play(() => [entry({ key: 'x', value: '1' })], ['a', 'b']),
        checks: ({ name }) => (name === 'a' ? [recovers] : []),
        settle: 5,
      });
      await run.plan();
      if (apply) await run.apply();
      expect((await run.verify()).map(({ status }) => status)).toEqual(expected);
    },
  );

  it('a check that cannot look yet has the same time after a change, and a refused login has none', async () => {
    let down = true;
    const looks = check('looks', {
      run: async ({ at }) => {
        toy('b').unreachable = down ? new NotUpError('refuses connections') : false;
        down = false;
        return {
          ok: true,
          detail: String((await at(host('b')).probe(['get', 'x'], { expect: [0, 1] })).code),
        };
      },
    });
    const refused = check('refused', {
      run: async () => {
        running += 1;
        throw new UnreachableError('does not let root in');
      },
    });
    let running = 0;
    const run = await open({ ...play(() => [x()]), checks: () => [looks, refused], settle: 5 });
    await run.plan();
    await run.apply();
    const [result] = await run.verify();
    expect(result?.steps).toMatchObject([
      { status: 'ok', note: '1; at first: refuses connections' },
      { status: 'failed', failure: { message: 'does not let root in' } },
    ]);
    expect(running).toBe(1);
  });

  it('an interruption ends a check that waits', async () => {
    const waits = check('waits', {
      run: () => {
        interruption.abort();
        return new Promise(() => undefined);
      },
    });
    const [result] = await (await open(checked(() => [waits]))).verify();
    expect(result).toMatchObject({ status: 'failed', failure: { kind: 'interrupted' } });
  });

  describe('of checks that disturb', () => {
    const running: string[] = [];
    const alone = (name: string, ok = true) =>
      check(name, {
        disturbs: true,
        run: async () => {
          running.push(`${name} begins`);
          await new Promise((done) => setTimeout(done, 5));
          running.push(`${name} ends`);
          return { ok, detail: 'disturbed' };
        },
      });
    beforeEach(() => running.splice(0));
    const both = (on: string) => [alone(`${on}1`), check(`${on}2`)];

    it('runs none unless told to, and says so', async () => {
      const [result] = await (await open(checked(both))).verify();
      expect(result?.steps).toMatchObject([
        { name: 'a1', status: 'skipped', note: expect.stringContaining('--disturb') },
        { name: 'a2', status: 'ok' },
      ]);
      expect(running).toEqual([]);
    });

    it('runs one at a time, after all others', async () => {
      const results = await (await open(checked(both, ['a', 'b']))).verify(true);
      expect(names(results)).toEqual([
        ['a', ['a2', 'a1']],
        ['b', ['b2', 'b1']],
      ]);
      expect(running).toEqual(['a1 begins', 'a1 ends', 'b1 begins', 'b1 ends']);
    });

    it('has the host undo by itself what nobody takes back', async () => {
      const disturbs = check('disturbs', {
        disturbs: true,
        run: async ({ disturb }) => {
          const takeBack = await disturb(['set', 'away', 'yes'], ['rm', 'away']);
          toy().log.push('in the midst');
          await takeBack();
          return { ok: true, detail: '' };
        },
      });
      const [result] = await (await open(checked(() => [disturbs]))).verify(true);
      expect(result).toMatchObject({ status: 'ok', execs: 2 });
      expect(toy().log).toEqual([
        expect.stringMatching(/sleep[\s\S]* 60 rm away$/),
        'set away yes',
        'in the midst',
        expect.stringMatching(/eval[\s\S]* rm away$/),
      ]);
    });

    it('says what failed there', async () => {
      const disturbs = check('disturbs', {
        disturbs: true,
        run: async ({ disturb }) => {
          await disturb(['fail'], ['rm', 'away']);
          return { ok: true, detail: '' };
        },
      });
      const [result] = await (await open(checked(() => [disturbs]))).verify(true);
      expect(result?.steps).toMatchObject([
        {
          failure: {
            message: 'fail: it broke',
            advice: expect.stringContaining('automatically within 60 s'),
          },
        },
      ]);
    });

    it.each<[what: string, checks: (on: string) => Check[], ran: number]>([
      ['another check does not hold', (on) => [alone(on), failing(on)], 0],
      ['an earlier one did not hold', (on) => [alone(on, false)], 2],
    ])('disturbs nothing where %s', async (_, checks, ran) => {
      const results = await (await open(checked(checks, ['a', 'b']))).verify(true);
      expect(running).toHaveLength(ran);
      expect(statuses(results.slice(1))).toContain('skipped');
    });

    const failing = (on: string) =>
      check('failing', { run: async () => ({ ok: on !== 'a', detail: 'it depends' }) as const });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Fleet } from '../../src/engine/fleet.ts';
import type { Facts, Host, HostResult, Play, RunEvent, Step } from '../../src/model/index.ts';
import { FactsNeeded, InputError } from '../../src/model/index.ts';
import { readTogether } from '../../src/remote/index.ts';
import { entry, linkLost, ToyHost } from './toy-host.ts';

let toys: Record<string, ToyHost>;
let events: RunEvent[];

beforeEach(() => {
  toys = { a: new ToyHost(), b: new ToyHost() };
  events = [];
});

function host(name: string): Host {
  return { name, address: name, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars: {} };
}

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

function open(...plays: Play[]): Promise<Fleet> {
  return Fleet.open(plays, {
    connect: ({ name }) => toy(name).connect(),
    readTogether,
    readFacts: async (reader) => ({ hostname: (await reader.probe(['get', 'name'])).stdout }) as Facts,
    listener: (event) => events.push(event),
    project: { root: '/nowhere' },
    run: { id: 'this-run', by: 'somebody' },
    signal: new AbortController().signal,
    forks: 4,
  });
}

async function planAndApply(...plays: Play[]): Promise<HostResult[]> {
  const fleet = await open(...plays);
  await fleet.plan();
  return fleet.apply();
}

function statuses([result]: HostResult[]): string[] {
  return result?.steps.map(({ status }) => status) ?? [];
}

const x = () => entry({ key: 'x', value: '1' });
const y = () => entry({ key: 'y', value: '1' });
const z = () => entry({ key: 'z', value: '1' });

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
    const fleet = await open(
      play((facts) => {
        if (!facts) throw new FactsNeeded();
        return [entry({ key: 'x', value: facts.hostname })];
      }),
    );
    const [result] = await fleet.plan();
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
      'moved since the plan, which did not show: moved → 1',
    );
    expect(toy().entries.has('z')).toBe(false);
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
    const fleet = await open(play(() => [x()]));
    await fleet.plan();
    toy().afterCommand = (line) => {
      if (!line.startsWith('set x')) return;
      toy().afterCommand = () => {};
      linkLost();
    };
    expect(await fleet.apply()).toMatchObject([{ status: 'changed' }]);
    expect(toy().connections).toBe(2);
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
    expect(events.map(({ type }) => type)).toEqual([
      'host-started',
      'host-finished',
      'host-started',
      'step-started',
      'step-finished',
      'host-finished',
    ]);
  });
});

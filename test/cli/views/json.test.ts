import { describe, expect, it } from 'vitest';
import { json } from '../../../src/cli/views/json.ts';
import { failedHost, pendingHost, unreachableHost } from '../results.ts';

describe('json', () => {
  const document = JSON.parse(json('plan', [pendingHost, failedHost, unreachableHost], 4));

  it('has every count of every host', () => {
    expect(document).toMatchObject({ schema: 1, command: 'plan', exitCode: 4, error: null });
    expect(document.hosts.map(({ counts }: { counts: unknown }) => counts)).toEqual([
      { ok: 1, changed: 0, pending: 1, unknown: 1, failed: 0, skipped: 0 },
      { ok: 0, changed: 0, pending: 0, unknown: 0, failed: 1, skipped: 1 },
      { ok: 0, changed: 0, pending: 0, unknown: 0, failed: 0, skipped: 0 },
    ]);
  });

  it('says of a failed step what, where and what to do', () => {
    expect(document.hosts[1].steps[0]).toMatchObject({
      kind: 'systemdService',
      status: 'failed',
      error: 'Job for nginx.service failed.',
      exitCode: 1,
      place: '/p/web.ts:7',
    });
    expect(document.hosts[2]).toMatchObject({ status: 'unreachable', error: 'connection refused' });
  });

  it('tells of rollouts, and of what goes around a change, apart from the counts', () => {
    const rolled = { kind: 'entry', name: 'a', on: 'lb-01', status: 'done', changes: [] } as const;
    const turn = { play: 'Web', before: [rolled], after: [rolled], verify: [] };
    const rollout = { play: 'Web', batches: [['lb-01']], notReached: ['lb-02'], stopped: 'lb-01 failed' };
    const hosts = [{ ...pendingHost, rollouts: [turn], notReached: 'it stopped' }];
    expect(JSON.parse(json('apply', hosts, 3, { rollouts: [rollout] }))).toMatchObject({
      rollouts: [rollout],
      hosts: [
        {
          counts: { ok: 1, changed: 0, pending: 1, unknown: 1, failed: 0, skipped: 0 },
          notReached: 'it stopped',
          rollouts: [{ play: 'Web', before: [{ on: 'lb-01', kind: 'entry', status: 'done' }] }],
        },
      ],
    });
    expect(document).not.toHaveProperty('rollouts');
  });

  it.each([
    ['without texts', {}, { summary: 'content' }],
    ['with texts if asked for', { diff: true }, { summary: 'content', before: 'a\n', after: 'b\n' }],
  ])('has changes %s, around a change too', (_, options, change) => {
    const step = {
      kind: 'file',
      name: '/x',
      status: 'pending',
      changes: [{ summary: 'content', before: 'a\n', after: 'b\n' }],
    } as const;
    const rolled = { ...step, on: 'lb-01' };
    const turn = { play: 'Web', before: [rolled], after: [rolled], verify: [] };
    const [host] = JSON.parse(
      json('plan', [{ ...pendingHost, steps: [step], rollouts: [turn] }], 0, options),
    ).hosts;
    const { before, after } = host.rollouts[0];
    const changes = [...host.steps, ...before, ...after].map((each) => each.changes[0]);
    expect(changes).toEqual([change, change, change]);
  });

  it('is one document on an error, too', () => {
    const error = { message: 'no such inventory', advice: 'Write one.' };
    expect(JSON.parse(json('apply', [], 5, { error }))).toEqual({
      schema: 1,
      command: 'apply',
      exitCode: 5,
      error,
      hosts: [],
    });
  });
});

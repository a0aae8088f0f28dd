import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import type { HostFailure, HostResult, RolledStep, StepStatus } from '../../src/model/index.ts';

function host(statuses: StepStatus[], kind?: HostFailure['kind']): HostResult {
  const steps = statuses.map((status) => ({ kind: 'file', name: '/x', status, changes: [] }));
  const failure = kind && { kind, message: 'why' };
  return { name: 'a', address: '192.0.2.1', status: 'ok', steps, failure, execs: 1 };
}

function rolled(statuses: { before?: RolledStep['status']; after?: RolledStep['status'] }): HostResult {
  const list = (status?: RolledStep['status']) =>
    status === undefined ? [] : [{ kind: 'file', name: '/x', on: 'b', status, changes: [] }];
  const turn = { play: 'p', before: list(statuses.before), after: list(statuses.after), verify: [] };
  return { ...host(['ok']), rollouts: [turn] };
}

describe('exit code', () => {
  it.each<[string, HostResult[], boolean, number]>([
    ['nothing to do', [host(['ok', 'ok'])], false, 0],
    ['changed', [host(['changed'])], false, 0],
    ['pending is fine', [host(['pending', 'unknown'])], false, 0],
    ['pending, asked for in detail', [host(['pending'])], true, 2],
    ['unknown, asked for in detail', [host(['unknown'])], true, 2],
    ['skipped, asked for in detail', [host(['ok', 'skipped'])], true, 0],
    ['a failed step', [host(['ok']), host(['failed', 'skipped'])], false, 3],
    ['a failed step outweighs pending ones', [host(['failed', 'pending'])], true, 3],
    ['what goes before a change fails', [rolled({ before: 'failed' })], false, 3],
    ['what closes it fails', [rolled({ after: 'failed' })], false, 3],
    ['done around a change', [rolled({ before: 'done', after: 'done' })], true, 0],
    ['left open by another run, asked for in detail', [rolled({ after: 'pending' })], true, 2],
    ['no root on the host', [host([], 'other')], false, 3],
    ['unreachable', [host(['failed']), host([], 'unreachable')], false, 4],
    ['a wrong host key is the worst', [host([], 'unreachable'), host([], 'host-key')], false, 6],
  ])('%s', (_, hosts, detailed, code) => {
    expect(exitCodeOf(hosts, detailed)).toBe(code);
  });
});

import { expect, test, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/command-context.ts';
import { apply } from '../../../src/cli/commands/apply.ts';
import { exitCodeOf } from '../../../src/cli/exit-code.ts';
import { parseOptions } from '../../../src/cli/parse-options.ts';
import { Progress } from '../../../src/cli/progress.ts';
import { json } from '../../../src/cli/views/json.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import type { HostResult, StepResult } from '../../../src/model/index.ts';

const changed: StepResult = {
  kind: 'file',
  name: '/etc/motd',
  status: 'changed',
  changes: [{ summary: 'create' }],
};
const holds: StepResult = {
  kind: 'tcpCheck',
  name: 'a port 22',
  status: 'ok',
  changes: [],
  note: 'connected',
};
const fails: StepResult = { ...holds, status: 'failed', failure: { message: 'refused', advice: 'start it' } };

function host(status: HostResult['status'], ...steps: StepResult[]): HostResult {
  return { name: 'a', address: '192.0.2.1', status, steps, execs: 1 };
}

function context(
  applied: HostResult,
  checked: HostResult,
): { context: CommandContext; verify: () => unknown } {
  const verify = vi.fn(async () => [checked]);
  const run = { hosts: [host('ok')], plan: async () => [host('ok')], apply: async () => [applied], verify };
  const options = parseOptions(['apply', 'site.ts', '--yes', '--verify']);
  const progress = new Progress((_title, _hosts, phase) => phase(() => {}));
  const { signal } = new AbortController();
  return {
    context: { run, options, progress, signal, print: () => {} } as unknown as CommandContext,
    verify,
  };
}

test('the checks run after it, and one that fails is a failed run', async () => {
  const hosts = (await apply(context(host('changed', changed), host('failed', fails)).context)) ?? [];
  expect(hosts).toMatchObject([{ status: 'failed', steps: [changed], checks: [fails] }]);
  expect(exitCodeOf(hosts)).toBe(3);
  expect(JSON.parse(json('apply', hosts, 3)).hosts).toMatchObject([
    { counts: { changed: 1, failed: 0 }, checks: [{ status: 'failed', error: 'refused' }] },
  ]);
});

test('the summary has both', async () => {
  const hosts = (await apply(context(host('changed', changed), host('ok', holds)).context)) ?? [];
  const view = { paint: paintFor({}), diff: false, all: false };
  expect(exitCodeOf(hosts)).toBe(0);
  expect(summary({ command: 'apply', hosts, seconds: 1 }, view)).toBe(`a  192.0.2.1
  ✓ file /etc/motd: create
  = tcpCheck a port 22: connected

apply recap (1.0 s)
  a  1 changed; checks: 1 ok`);
});

test('what did not go well is not verified', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const failed = { ...changed, status: 'failed' } as const;
  const run = context(host('failed', failed), host('ok', holds));
  const hosts = await apply(run.context);
  expect(hosts).toMatchObject([{ status: 'failed', steps: [failed] }]);
  expect(run.verify).not.toHaveBeenCalled();
  expect(said.mock.calls).toEqual([['Not verified: not everything could be applied.\n']]);
  said.mockRestore();
});

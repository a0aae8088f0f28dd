import { expect, it } from 'vitest';
import { Run } from '../../src/engine/run.ts';
import { type Check, LinkLostError, type StepResult } from '../../src/model/index.ts';
import { nginxBinds } from '../denials/audit-lines.ts';
import { entry, ToyHost } from './toy-host.ts';
import { toyContext, toyHost } from './toy-run.ts';

const host = toyHost('a');
const SHOWN = {
  lines: expect.arrayContaining([
    'SELinux denied nginx (httpd_t): name_bind on tcp port 8888 (unreserved_port_t)',
    nginxBinds(),
  ]),
  advice: expect.stringContaining("selinuxPort({ type: 'http_port_t', ports: [8888] })"),
};

function enforcing(): ToyHost {
  const toy = new ToyHost();
  toy.denials = `${nginxBinds()}\n`;
  return toy;
}

async function apply(toy: ToyHost, ...fails: string[]): Promise<StepResult | undefined> {
  const step = entry({ key: 'x', value: '1', ...(fails.length > 0 ? { run: ['fail', ...fails] } : {}) });
  const play = { name: 'p', hosts: [host], place: undefined, steps: () => [step], checks: () => [] };
  const run = await Run.prepare([play], toyContext({ toy: () => toy }));
  await run.plan();
  const [result] = await run.apply();
  return result?.steps[0];
}

async function verify(toy: ToyHost, ...holds: boolean[]): Promise<readonly StepResult[]> {
  const checks: Check[] = holds.map((ok, at) => ({
    ...{ kind: 'check', name: String(at), place: undefined, disturbs: false },
    run: async () => (ok ? { ok, detail: 'good' } : { ok, detail: 'bad' }),
  }));
  const play = { name: 'p', hosts: [host], place: undefined, steps: () => [], checks: () => checks };
  const run = await Run.prepare([play], toyContext({ toy: () => toy }));
  const [result] = await run.verify();
  return result?.steps ?? [];
}

const asked = (toy: ToyHost) => toy.log.filter((line) => line.includes('avc:')).length;

it('an action that fails shows what SELinux has refused meanwhile', async () => {
  const toy = enforcing();
  const result = await apply(toy, 'now');
  expect(result).toMatchObject({ status: 'failed', failure: { message: 'it broke', ...SHOWN } });
  expect(asked(toy)).toBe(1);
});

it('a run without failures asks for nothing', async () => {
  const toy = enforcing();
  expect(await apply(toy)).toMatchObject({ status: 'changed' });
  expect(await verify(toy, true)).toMatchObject([{ status: 'ok' }]);
  expect(asked(toy)).toBe(0);
});

it('the failure stays what it was where the host cannot be asked', async () => {
  const toy = enforcing();
  toy.afterCommand = (line) => {
    if (line.includes('avc:')) throw new LinkLostError('the link is gone');
  };
  const result = await apply(toy, 'now');
  expect(result?.failure).toMatchObject({ message: 'it broke', exitCode: 7, lines: ['it broke'] });
});

it('checks that fail show it, and the host is asked once', async () => {
  const toy = enforcing();
  const [good, bad, worse] = await verify(toy, true, false, false);
  expect(good).toMatchObject({ status: 'ok' });
  expect(bad).toMatchObject({ status: 'failed', failure: { message: 'bad', ...SHOWN } });
  expect(worse).toMatchObject({ status: 'failed', failure: { message: 'bad', ...SHOWN } });
  expect(asked(toy)).toBe(1);
});

it('a check of a host that is gone keeps its failure', async () => {
  const toy = enforcing();
  toy.unreachable = true;
  const [bad] = await verify(toy, false);
  expect(bad?.failure).toEqual({ message: 'bad', advice: undefined, place: undefined });
});

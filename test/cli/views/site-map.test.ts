import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { siteMap } from '../../../src/cli/views/site-map.ts';
import type { Host, HostResult, Sighting, StepResult } from '../../../src/model/index.ts';

const VIP = '192.0.2.50';
const lbs = ['lb-01', 'lb-02'];

function host(name: string, address: string, group: string): Host {
  return { name, address, port: 22, user: 'root', hostKeys: 'strict', groups: [group], vars: {} };
}

const hosts = [
  host('nginx-01', '192.0.2.61', 'webservers'),
  host('nginx-02', '192.0.2.62', 'webservers'),
  host('lb-01', '192.0.2.11', 'loadbalancers'),
  host('lb-02', '192.0.2.12', 'loadbalancers'),
];

function check(sighting?: Sighting, status: StepResult['status'] = 'ok'): StepResult {
  const failure = status === 'failed' ? { failure: { message: 'it is down' } } : {};
  return { kind: 'httpCheck', name: 'x', status, changes: [], ...failure, ...(sighting ? { sighting } : {}) };
}

function result(name: string, ...steps: StepResult[]): HostResult {
  const status = steps.some((step) => step.status === 'failed') ? 'failed' : 'ok';
  return { name, address: '', status, steps, execs: 0 };
}

function balanced(first: number, second: number): Sighting {
  return { reached: { 'nginx-01': first, 'nginx-02': second }, client: '192.0.2.1' };
}

function held(...holders: string[]): Sighting {
  return { virtual: { address: VIP, hosts: lbs, holders } };
}

function drawn(results: readonly HostResult[], some = hosts, width = 80): string {
  return `\n${siteMap(some, results, { paint: paintFor({}), width })}\n`;
}

const own = (name: string) => result(name, check({ reached: { [name]: 1 } }));

describe('the map of a site', () => {
  it('goes from the client through the address and the balancers to the servers', () => {
    const balancers = [
      result('lb-01', check(balanced(5, 5)), check(held('lb-01'))),
      result('lb-02', check(balanced(6, 4))),
    ];
    expect(drawn([own('nginx-01'), own('nginx-02'), ...balancers])).toBe(
      `
  client  192.0.2.1
    │
    ▼
┌ 192.0.2.50 ───────────────────────────────────────────┐
│ ✓ held by lb-01                                       │
└───┬───────────────────────────────────────────────────┘
    │
    ▼
┌ loadbalancers ────────────────────────────────────────┐
│ ✓ lb-01     192.0.2.11  2 checks ok, holds 192.0.2.50 │
│ ✓ lb-02     192.0.2.12  1 check ok                    │
└───┬───────────────────────────────────────────────────┘
    │
    ▼
┌ webservers ───────────────────────────────────────────┐
│ ✓ nginx-01  192.0.2.61  1 check ok, 11 answers        │
│ ✓ nginx-02  192.0.2.62  1 check ok, 9 answers         │
└───────────────────────────────────────────────────────┘
`,
    );
  });

  it('shows a server that is down, and who did not reach it', () => {
    const results = [
      own('nginx-01'),
      result('nginx-02', check(undefined, 'failed'), check()),
      result('lb-01', check(balanced(10, 0), 'failed')),
      result('lb-02', check(balanced(10, 0), 'failed')),
    ];
    const text = drawn(results);
    expect(text).toContain('│ ✗ lb-01     192.0.2.11  FAILED: 1 of 1 check ');
    expect(text).toContain('│ ✓ nginx-01  192.0.2.61  1 check ok, 20 answers ');
    expect(text).toContain(
      '│ ✗ nginx-02  192.0.2.62  FAILED: 1 of 2 checks, not reached from lb-01, lb-02 │',
    );
  });

  it('shows a way that is broken between hosts that are both fine', () => {
    const results = [
      own('nginx-02'),
      result('lb-01', check(balanced(1, 0))),
      result('lb-02', check(balanced(1, 1))),
    ];
    expect(drawn(results)).toContain(
      '│ ! nginx-02  192.0.2.62  1 check ok, 1 answer, not reached from lb-01 │',
    );
  });

  it.each<[what: string, holders: string[], row: string]>([
    ['by nobody', [], '│ ✗ held by none of lb-01, lb-02 '],
    ['by two at once', lbs, '│ ✗ HELD BY lb-01 and lb-02 AT ONCE '],
  ])('shows an address that is held %s', (_, holders, row) => {
    expect(drawn([result('lb-01', check(held(...holders), 'failed'))])).toContain(row);
  });

  it('shows hosts that could not be reached', () => {
    const failure = { kind: 'unreachable', message: 'no route to host\nat all' } as const;
    const results: HostResult[] = [{ ...result('lb-02'), status: 'unreachable', failure }];
    expect(drawn(results)).toContain('│ ✗ lb-02     192.0.2.12  FAILED: no route to host ');
  });

  it('shows servers that are met, but not a part of the run', () => {
    const [, , one] = hosts;
    const text = drawn([result('lb-01', check(balanced(2, 2)))], one ? [one] : []);
    expect(text).toContain('│ ? nginx-01              not checked itself, 2 answers │');
  });

  it('needs no links: hosts that nothing leads to stand behind the client', () => {
    expect(drawn([result('lb-01', check())], hosts.slice(2, 3))).toBe(
      `
  client
    │
    ▼
┌ loadbalancers ──────────────────┐
│ ✓ lb-01  192.0.2.11  1 check ok │
└─────────────────────────────────┘
`,
    );
  });

  it('ends where hosts are met by each other', () => {
    const meets = (name: string) => check({ reached: { [name]: 1 } });
    const results = [result('lb-01', meets('lb-02')), result('lb-02', meets('lb-01'))];
    expect(drawn(results, hosts.slice(2))).toContain('│ ✓ lb-02  192.0.2.12  1 check ok, 1 answer │');
  });

  it('keeps to the screen', () => {
    const failure = { kind: 'other', message: 'x'.repeat(200) } as const;
    const lines = drawn([{ ...result('lb-01'), status: 'failed', failure }]).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBe(80);
    expect(lines.some((line) => line.endsWith('x… │'))).toBe(true);
  });
});

import { expect, it } from 'vitest';
import { planInBrief } from '../../../src/cli/views/plan-in-brief.ts';
import type { HostResult } from '../../../src/model/index.ts';
import { failedHost, pendingHost, unreachableHost } from '../results.ts';

function host(name: string, ...aspects: string[]): HostResult {
  const changes = aspects.map((aspect) => ({ aspect, summary: `${aspect}: a file has changed` }));
  const step = { kind: 'systemdService', name: 'haproxy', status: 'pending', changes } as const;
  return { name, address: '192.0.2.1', status: 'pending', execs: 1, steps: [step] };
}

it.each<[string, HostResult[], string[]]>([
  ['one change', [host('a', 'enabled')], ['1 host: 1 change']],
  ['what is not known yet', [pendingHost], ['1 host: 1 change, 1 not known yet']],
  [
    'what restarts and what reloads',
    [host('lb-01', 'reload', 'restart'), host('lb-02', 'restart'), host('lb-03', 'reload')],
    ['3 hosts: 3 changes', 'restarts haproxy on lb-01, lb-02', 'reloads haproxy on lb-03'],
  ],
  [
    'many hosts',
    Array.from({ length: 40 }, (_, index) => host(`h${index}`, 'restart')),
    ['40 hosts: 40 changes', 'restarts haproxy on h0, h1, h2 and 37 more'],
  ],
  [
    'who is left alone',
    [host('a', 'mode'), failedHost, unreachableHost, { ...host('b'), status: 'ok', steps: [] }],
    ['1 host: 1 change', 'left alone: nginx-01, lb-02'],
  ],
])('says %s', (_, hosts, lines) => {
  expect(planInBrief(hosts)).toBe(lines.join('\n  '));
});

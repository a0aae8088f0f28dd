import { expect, it } from 'vitest';
import { ipvsMistakes } from '../../playbooks/ipvs-mistakes.ts';
import { settingsOf } from '../../playbooks/ipvs-settings.ts';
import { host } from './host.ts';

const directors = [host('lvs-01', '10.0.0.21'), host('lvs-02', '10.0.0.22')];
const servers = [host('web', '192.0.2.1', { lanAddress: '10.0.0.61' })];
const VARS = { vip: '10.0.0.60', lbKind: 'DR' as const, virtualRouterId: 60 };

interface Case {
  readonly first?: object;
  readonly servers?: typeof servers;
  readonly balancer?: Record<string, unknown>;
}

function mistakes(given: Case): string[] {
  const all = [...directors, ...servers];
  const balancers = given.balancer ? [host('lb-01', '10.0.0.11', given.balancer)] : [];
  const vars = [
    { ...VARS, priority: 150, ...given.first },
    { ...VARS, priority: 100 },
  ];
  const pair = directors.map((each, index) => ({
    host: each,
    vars: vars[index] ?? { ...VARS, priority: 1 },
  }));
  return ipvsMistakes(pair, { all, servers: given.servers ?? servers, balancers });
}

it('has nothing against two directors that agree', () => {
  expect(mistakes({})).toEqual([]);
  expect(mistakes({ balancer: { vip: '10.0.0.50', virtualRouterId: 51 } })).toEqual([]);
});

it.each<[Case, string]>([
  [{ first: { priority: 100 } }, 'lvs-01 and lvs-02 have the same `priority` 100'],
  [{ first: { virtualRouterId: 9 } }, '`virtualRouterId` must be the same'],
  [{ first: { lbKind: 'NAT' } }, 'must be the same on all directors: lvs-01 has NAT, lvs-02 has DR'],
  [{ servers: [] }, 'the group `webservers` has no hosts'],
  [{ servers: directors.slice(0, 1) }, 'lvs-01 cannot be a director and a web server'],
  [{ balancer: { vip: '10.0.0.60' } }, '`vip` of the directors is that of the balancer lb-01 too'],
  [{ balancer: { virtualRouterId: 60 } }, '`virtualRouterId` of the directors is that of the balancer lb-01'],
])('tells what is wrong: %j', (given, expected) => {
  expect(mistakes(given)).toEqual([expect.stringContaining(expected)]);
});

it("takes the directors' settings from their vars, and names a wrong one", () => {
  expect(settingsOf([host('lvs-01', '10.0.0.21', { vip: '10.0.0.60' })])).toEqual({
    vip: '10.0.0.60',
    lbKind: 'DR',
  });
  expect(() => settingsOf([host('lvs-01', '10.0.0.21', { vip: '10.0.0.60', lbKind: 'TUN' })])).toThrow(
    "director lvs-01: `lbKind`: expected 'DR' (direct routing) or 'NAT'",
  );
  expect(() => settingsOf([])).toThrow('no hosts in the group `directors`');
});

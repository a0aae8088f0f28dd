import { expect, test } from 'vitest';
import { elVersion, parseVersions, subpackage } from './base-spec.ts';

test.each([
  ['5.2.15-2+b8', '5.2.15'],
  ['1:9.2p1-2+deb12u6', '9.2p1'],
  ['1.3.4.20200120-3.1', '1.3.4.20200120'],
  ['20250419~deb12u2', '20250419.deb12u2'],
  ['2.36-9+deb12u10', '2.36'],
])('Debian version %s is upstream version %s', (debian, expected) => {
  expect(elVersion(debian)).toBe(expected);
});

test('dpkg-query names the architecture of some packages', () => {
  expect(parseVersions('bash\t5.2.15-2\nlibc6:amd64\t2.36-9\n')).toEqual(
    new Map([
      ['bash', '5.2.15-2'],
      ['libc6', '2.36-9'],
    ]),
  );
});

test('a package of the base system provides names with its version, paths and symbols without', () => {
  const lines = subpackage(
    ['iptables-nft', 'iptables', 'iptables', '/bin/x', 'rtld(X)'],
    new Map([['iptables', '1.8.9-2']]),
  );
  expect(lines).toContain('Version: 1.8.9\n');
  expect(lines).toContain('Provides: iptables = %{version}\nProvides: /bin/x\nProvides: rtld(X)\n');
});

test('a Debian package that the root lacks is an error', () => {
  expect(() => subpackage(['zlib', 'zlib1g'], new Map())).toThrow(
    'zlib comes from zlib1g, which the root lacks',
  );
});

import { expect, it } from 'vitest';
import { lanInterface } from '../../playbooks/lan-interface.ts';
import type { Facts } from '../../src/model/index.ts';
import { host } from './host.ts';

const facts: Facts = {
  hostname: 'lb-01',
  os: 'centos',
  osVersion: '9',
  osName: 'CentOS Stream 9',
  kernel: '5.14.0',
  architecture: 'x86_64',
  cpus: 2,
  memoryMiB: 1024,
  addresses: { lo: ['127.0.0.1/8'], eth0: ['192.0.2.11/24'], eth1: ['10.0.0.11/24', 'fe80::1/64'] },
  selinux: 'enforcing',
};

it('is the one with the address that the other hosts use', () => {
  expect(lanInterface(host('lb-01', '192.0.2.11'), facts)).toBe('eth0');
  expect(lanInterface(host('lb-01', '192.0.2.11', { lanAddress: '10.0.0.11' }), facts)).toBe('eth1');
});

it('is asked for where no interface has it, as behind NAT', () => {
  expect(() => lanInterface(host('lb-01', '10.0.0.1'), facts)).toThrow(
    'host lb-01: none of its interfaces has the address 10.0.0.1: set the var `interface`',
  );
});

it('is the one that is wanted, which must be there', () => {
  expect(lanInterface(host('lb-01', '192.0.2.11'), facts, 'eth1')).toBe('eth1');
  expect(() => lanInterface(host('lb-01', '192.0.2.11'), facts, 'eth7')).toThrow(
    'host lb-01: no interface eth7 has an address there, only lo, eth0, eth1: mend the var `interface`',
  );
});

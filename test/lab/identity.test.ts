import { expect, test } from 'vitest';
import { identityFiles } from './identity.ts';
import { labNet, pickOne } from './names.ts';

const files = (cidr: string, name: string) => identityFiles(labNet(cidr), pickOne(labNet(cidr), name));

test('a host has its own address and no gateway', () => {
  expect(files('10.61.0.0/24', 'lb-02')['etc/systemd/network/10-host0.network']).toBe(
    '[Match]\nName=host0\n\n[Network]\nAddress=10.61.0.12/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
  );
});

test('a machine ID belongs to one host of one lab, and stays', () => {
  const id = (cidr: string, name: string) => files(cidr, name)['etc/machine-id'];
  const ids = [id('10.61.0.0/24', 'lb-01'), id('10.61.0.0/24', 'lb-02'), id('10.62.0.0/24', 'lb-01')];
  expect(new Set(ids).size).toBe(3);
  for (const each of ids) expect(each).toMatch(/^[0-9a-f]{32}\n$/);
  expect(id('10.61.0.0/24', 'lb-01')).toBe(ids[0]);
});

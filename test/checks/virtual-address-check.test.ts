import { expect, test } from 'vitest';
import { virtualAddressCheck } from '../../src/checks/virtual-address-check.ts';
import { type Outcome, type Reader, UnreachableError } from '../../src/model/index.ts';
import { scriptedHost } from '../scripted-host.ts';
import { checkContext, inventoryHost } from './context.ts';

const address = '192.0.2.50';
const among = [inventoryHost('lb-01'), inventoryHost('lb-02')];
const SHOW = `ip -o address show to ${address}`;

const holder = scriptedHost({ probes: [[SHOW, { stdout: `2: eth0    inet ${address}/24 scope global\n` }]] });
const other = scriptedHost({ probes: [[SHOW, {}]] });
const silent: Reader = {
  probe: () => Promise.reject(new UnreachableError('no route to host')),
  file: () => Promise.reject(new Error('not asked for files')),
};

function checked(first: Reader, second: Reader, settle = 0): Promise<Outcome> {
  const context = checkContext(undefined, { 'lb-01': first, 'lb-02': second });
  return virtualAddressCheck({ address, among, settle }).run(context);
}

test.each<[what: string, first: Reader, second: Reader, outcome: object]>([
  [
    'tells who holds it',
    other,
    holder,
    {
      ok: true,
      detail: 'held by lb-02, not by lb-01',
      sighting: { virtual: { address, hosts: ['lb-01', 'lb-02'], holders: ['lb-02'] } },
    },
  ],
  [
    'nobody holds it',
    other,
    other,
    {
      ok: false,
      detail: 'held by none of lb-01, lb-02',
      advice: expect.stringContaining('journalctl -u keepalived'),
      sighting: { virtual: { holders: [] } },
    },
  ],
  [
    'both hold it',
    holder,
    holder,
    {
      ok: false,
      detail: 'held by lb-01 and lb-02 at once',
      advice: expect.stringContaining('IP protocol 112'),
      sighting: { virtual: { holders: ['lb-01', 'lb-02'] } },
    },
  ],
  [
    'a host that cannot be asked may hold it too',
    holder,
    silent,
    {
      ok: false,
      detail: 'held by lb-01, but not every host could be asked: lb-02: no route to host',
      sighting: { virtual: { holders: ['lb-01'] } },
    },
  ],
  [
    'a host that cannot be asked may be the one',
    silent,
    other,
    { ok: false, detail: 'not every host could be asked: lb-01: no route to host' },
  ],
])('%s', async (_, first, second, outcome) => {
  expect(await checked(first, second)).toMatchObject(outcome);
});

test('waits while it moves', async () => {
  let asked = 0;
  const moving: Reader = { ...other, probe: (...probe) => (++asked > 1 ? holder : other).probe(...probe) };
  expect(await checked(other, moving, 10)).toMatchObject({ ok: true, detail: 'held by lb-02, not by lb-01' });
  expect(asked).toBe(2);
});

test('one host alone holds what it shall', async () => {
  const check = virtualAddressCheck({ address, among: among.slice(0, 1) });
  expect(check.name).toBe(address);
  const outcome = await check.run(checkContext(undefined, { 'lb-01': holder }));
  expect(outcome).toMatchObject({ ok: true, detail: 'held by lb-01' });
});

test.each<[spec: object, message: string]>([
  [{ address: 'vip', among }, 'address: expected an IP address'],
  [{ address, among: [] }, 'among: expected at least one host'],
  [
    { address, among: ['lb-01'] },
    "among.0: expected a host of the inventory, such as host, or one of group('…')",
  ],
])('refuses %j', (spec, message) => {
  expect(() => virtualAddressCheck(spec as never)).toThrow(`virtualAddressCheck: ${message}`);
});

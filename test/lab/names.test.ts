import { expect, test } from 'vitest';
import { labNet, pick } from './names.ts';

test('everything that a lab has on the machine carries its number', () => {
  const net = labNet('10.61.0.0/24');
  expect(net).toMatchObject({ gateway: '10.61.0.1', bridge: 'lab61', cgroup: 'trueup-lab-61' });
  expect(net.state).toBe('/var/lib/trueup-lab/10.61.0.0-24');
  expect(pick(net, ['nginx-01'])[0]).toMatchObject({
    address: '10.61.0.61',
    machine: 'nginx-01-61',
    link: 'vb-nginx-01-61',
    cgroup: 'trueup-lab-61/nginx-01',
  });
});

test('names of interfaces fit into 15 characters, whatever the net', () => {
  const { bridge, hosts } = labNet('10.255.0.0/24');
  for (const name of [bridge, ...hosts.map((host) => host.link)]) expect(name.length).toBeLessThanOrEqual(15);
});

test.each(['10.61.0.0/16', '192.168.1.0/24', '10.256.0.0/24', '10.61.1.0/24', '', 'lab'])(
  'is no lab net: %s',
  (cidr) => {
    expect(() => labNet(cidr)).toThrow(`a lab net is 10.N.0.0/24, not '${cidr}'`);
  },
);

test('no names are all hosts but the directors, an unknown one is an error with the known ones', () => {
  const net = labNet('10.61.0.0/24');
  expect(pick(net).map((host) => host.name)).toEqual(['lb-01', 'lb-02', 'nginx-01', 'nginx-02']);
  const known = 'there are lb-01, lb-02, lvs-01, lvs-02, nginx-01, nginx-02';
  expect(() => pick(net, ['web'])).toThrow(`no host web: ${known}`);
  expect(() => pick(net, ['lb-01', 'NGINX-1'])).toThrow(
    'no host NGINX-1: did you mean `nginx-01`? There are ',
  );
  expect(() => pick(net, [''])).toThrow('which host? There are lb-01, ');
});

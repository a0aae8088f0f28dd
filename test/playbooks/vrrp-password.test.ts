import { expect, it } from 'vitest';
import { vrrpPassword } from '../../playbooks/vrrp-password.ts';
import { Secret } from '../../src/model/index.ts';

it('lets 8 characters pass', () => {
  const password = new Secret('VRRP_PASSWORD', '12345678');
  expect(vrrpPassword(password)).toBe(password);
});

it('refuses more, and does not tell them', () => {
  expect(() => vrrpPassword(new Secret('VRRP_PASSWORD', '123456789'))).toThrow(
    'VRRP_PASSWORD has 9 characters: VRRP uses 8 at most, so shorten it',
  );
});

it.each(['pa#swd', 'pa!swd', 'pa swd', 'pa"swd', "pa'swd", '$HOME', 'pa\\swd', 'pässwd', '{secret}'])(
  'refuses %j, of which keepalived would make something else, and does not tell it',
  (text) => {
    const refused = () => vrrpPassword(new Secret('VRRP_PASSWORD', text));
    expect(refused).toThrow(
      /^VRRP_PASSWORD holds a character that keepalived would take for something else: /,
    );
    expect(refused).not.toThrow(text);
  },
);

it('lets what is usual in passwords pass', () => {
  const password = new Secret('VRRP_PASSWORD', 'aZ0_-+@%');
  expect(vrrpPassword(password)).toBe(password);
});

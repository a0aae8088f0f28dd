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

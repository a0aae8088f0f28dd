import { expect, test } from 'vitest';
import { parseTransaction } from '../../../src/resources/yum/transaction.ts';
import { DOWNGRADE, INSTALL_TWO, REMOVE, YUM_INSTALL } from './dnf-words.ts';

const said = (text: string) =>
  parseTransaction(text).map(({ does, name, evr, role }) => `${does} ${name} ${evr}: ${role}`);

test('an installation, with a name too long for its column and a package that replaces another', () => {
  expect(said(INSTALL_TWO)).toEqual([
    'install haproxy 2.6.12-4.el9: asked',
    'install nginx 2:1.22.1-11.el9: asked',
    'install a-library-with-a-name-that-fits-into-no-column-of-the-table 5.4.4-4.el9: dependency',
    'upgrade openssl-libs 1:3.0.7-27.el9: asked',
    'remove compat-openssl 1.1-3.el9: replaced',
  ]);
});

test('a removal tells what was asked for from what goes with it', () => {
  expect(said(REMOVE)).toEqual([
    'remove haproxy 2.6.12-4.el9: asked',
    'remove haproxy-exporter 0.15-1.el9: needs it',
    'remove lua-libs 5.4.4-4.el9: no longer needed',
  ]);
});

test('a downgrade', () => {
  expect(said(DOWNGRADE)).toEqual(['downgrade haproxy 2.6.12-3.el9: asked']);
});

test('the table of yum 3', () => {
  expect(said(YUM_INSTALL)).toEqual([
    'install haproxy 1.5.18-9.el7: asked',
    'install lua 5.1.4-15.el7: dependency',
  ]);
});

test('anything else has no packages', () => {
  expect(parseTransaction('Dependencies resolved.\nNothing to do.\nComplete!\n')).toEqual([]);
});

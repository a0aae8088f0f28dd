import { expect, test } from 'vitest';
import { misuse, usageOfFaults } from './index.ts';

test.each([
  ['link', ''],
  ['link', '2.5'],
  ['drop', '100'],
  ['slowdisk', '64'],
  ['diskfull', '/etc/haproxy'],
  ['sessions', ''],
])('is a fault: %s %s', (kind, argument) => {
  expect(misuse(kind, argument)).toBeUndefined();
});

test.each([
  ['flood', '', 'no fault flood: there are freeze, link, '],
  ['toString', '', 'no fault toString'],
  ['link', 'long', "link takes [SECONDS], not 'long'"],
  ['drop', '', "drop takes PERCENT, not ''"],
  ['drop', '101', "drop takes PERCENT, not '101'"],
  ['cut', '0', "cut takes BYTES, not '0'"],
  ['diskfull', 'etc', "diskfull takes FOLDER, not 'etc'"],
  ['readonly', "/etc'; rm -r /etc'", 'readonly takes FOLDER'],
  ['reject', 'everything', "reject takes nothing, not 'everything'"],
])('is none: %s %s', (kind, argument, message) => {
  expect(misuse(kind, argument)).toContain(message);
});

test('the usage has a line for each kind', () => {
  expect(usageOfFaults().split('\n').length).toBe(14);
  expect(usageOfFaults()).toMatch(/^ {2}drop +PERCENT +so many packets are lost, each way$/m);
});

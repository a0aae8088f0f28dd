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
  ['freze', '', 'no fault freze: did you mean `freeze`? There are freeze, link, '],
  ['DROP', '5', 'no fault DROP: did you mean `drop`?'],
  ['', '', 'which fault? There are freeze, link, '],
  ['drop', '', 'drop needs PERCENT'],
  ['drop', '101', "drop takes PERCENT, not '101'"],
  ['cut', '0', "cut takes BYTES, not '0'"],
  ['diskfull', 'etc', "diskfull takes FOLDER, not 'etc'"],
  ['readonly', "/etc'; rm -r /etc'", 'readonly takes FOLDER'],
  ['reject', 'everything', "reject takes nothing, not 'everything'"],
])('is none: %s %s', (kind, argument, message) => {
  expect(misuse(kind, argument)).toContain(message);
});

test('one argument is all that a fault takes', () => {
  expect(misuse('link', '5', '6')).toBe("link takes [SECONDS], not '5 6'");
  expect(misuse('link')).toBeUndefined();
});

test('the usage has a line for each kind', () => {
  expect(usageOfFaults().split('\n').length).toBe(14);
  expect(usageOfFaults()).toMatch(/^ {2}drop +PERCENT +so many packets are lost, each way$/m);
});

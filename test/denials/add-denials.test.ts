import { expect, it } from 'vitest';
import { failureDetails } from '../../src/cli/views/failures.ts';
import { addDenials } from '../../src/denials/add-denials.ts';
import { parseDenials } from '../../src/denials/read-denials.ts';
import { haproxyConnects, nginxBinds } from './audit-lines.ts';

it('a failure stays as it is where nothing was refused', () => {
  const failure = { message: 'it broke', advice: 'mend it' };
  expect(addDenials(failure, [])).toBe(failure);
});

it('a failure shows what was refused, and what would allow it', () => {
  const failure = { message: 'no answer', lines: ['no answer'], advice: 'Mend it.' };
  const shown = failureDetails(addDenials(failure, parseDenials(`${nginxBinds()}\n`)));
  expect(shown).toEqual([
    'no answer',
    'its last lines:',
    '  | no answer',
    '  | SELinux denied nginx (httpd_t): name_bind on tcp port 8888 (unreserved_port_t)',
    `  | ${nginxBinds()}`,
    "→ Mend it. SELinux: to allow it, put selinuxPort({ type: 'http_port_t', ports: [8888] }) before this step.",
  ]);
});

it('a line that is there already is not shown twice', () => {
  const failure = { message: 'no', lines: [nginxBinds()] };
  const { lines } = addDenials(failure, parseDenials(`${nginxBinds()}\n`));
  expect(lines).toHaveLength(2);
});

it('not more than a few are shown', () => {
  const many = Array.from({ length: 9 }, (_, at) => haproxyConnects().replace('8444', String(9000 + at)));
  const { lines } = addDenials({ message: 'no' }, parseDenials(many.join('\n')));
  expect(lines).toHaveLength(11);
  expect(lines?.at(-1)).toBe('SELinux denied 4 more');
});

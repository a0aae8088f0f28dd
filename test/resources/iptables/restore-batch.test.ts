import { describe, expect, it } from 'vitest';
import { parseRule, parseSave, rulesOf } from '../../../src/resources/iptables/parse-save.ts';
import { placeRules, removeRules } from '../../../src/resources/iptables/place-rules.ts';
import { restoreAction } from '../../../src/resources/iptables/saved-file.ts';

const REJECT = '-A INPUT -j REJECT --reject-with icmp-host-prohibited';
const HTTP = '-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT';
const HTTPS = '-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT';
const LO = '-A INPUT -i lo -j ACCEPT';

function action(before: readonly string[], wanted: readonly string[], state = 'present') {
  const list = parseSave(before.join('\n'));
  const [present, rules] = [rulesOf(list, 'INPUT'), wanted.map(parseRule)];
  const placement =
    state === 'present'
      ? placeRules('INPUT', present, rules, new Set())
      : removeRules('INPUT', present, rules);
  const made = restoreAction('iptables', 'filter', list, [placement]);
  if (!('exec' in made)) throw new Error('it runs nothing');
  return made;
}

describe('restoreAction', () => {
  it('inserts by the number of the rule that it comes before, as one batch', () => {
    expect(action([LO, REJECT], [HTTP, HTTPS]).stdin).toBe(
      '*filter\n-I INPUT 2 -p tcp -m tcp --dport 80 -j ACCEPT\n-I INPUT 3 -p tcp -m tcp --dport 443 -j ACCEPT\nCOMMIT\n',
    );
  });

  it('appends at the end', () => {
    expect(action([LO], [HTTP]).stdin).toBe(`*filter\n${HTTP}\nCOMMIT\n`);
  });

  it('deletes from the end before it inserts', () => {
    expect(action([REJECT, HTTP, LO, HTTP], [HTTP]).stdin).toBe(
      '*filter\n-D INPUT 4\n-D INPUT 2\n-I INPUT 1 -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n',
    );
  });

  it.each([
    ['an ACCEPT is inserted', [REJECT], [HTTP], 'present', false],
    ['an ACCEPT is appended', [LO], [HTTP], 'present', false],
    ['an ACCEPT is moved', [REJECT, HTTP], [HTTP], 'present', true],
    ['an ACCEPT is removed', [HTTP], [HTTP], 'absent', true],
    ['a DROP is inserted', [LO], ['-A INPUT -s 10.0.0.1/32 -j DROP'], 'present', true],
    ['a jump is inserted', [LO], ['-A INPUT -j OURS'], 'present', true],
  ])('can be undone where it does more than open: %s', (_, before, wanted, state, undone) => {
    expect(action(before, wanted, state).undo !== undefined).toBe(undone);
  });
});

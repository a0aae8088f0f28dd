import { describe, expect, it } from 'vitest';
import { parseRule } from '../../../src/resources/iptables/parse-save.ts';
import { placeRules, removeRules } from '../../../src/resources/iptables/place-rules.ts';

const rules = (matches: readonly string[]) => matches.map((match) => parseRule(`-A INPUT ${match}`));
const plain = ({ text }: { text: string }) => text.replace('-A INPUT ', '');
const place = (before: readonly string[], wanted: readonly string[], chains: readonly string[] = []) =>
  placeRules('INPUT', rules(before), rules(wanted), new Set(chains));
const placed = (...given: Parameters<typeof place>) => place(...given).after.map(({ rule }) => plain(rule));

const HTTP = '-p tcp -m tcp --dport 80 -j ACCEPT';
const HTTPS = '-p tcp -m tcp --dport 443 -j ACCEPT';
const SSH = '-p tcp -m tcp --dport 22 -j ACCEPT';
const REJECT = '-j REJECT --reject-with icmp-host-prohibited';

describe('placeRules', () => {
  it.each([
    ['an empty chain', [], [HTTP, HTTPS], [HTTP, HTTPS]],
    ['EL: before the closing REJECT', [SSH, REJECT], [HTTP, HTTPS], [SSH, HTTP, HTTPS, REJECT]],
    ['already there', [HTTP, HTTPS, REJECT], [HTTP, HTTPS], [HTTP, HTTPS, REJECT]],
    ['there in another order', [HTTPS, HTTP, REJECT], [HTTP, HTTPS], [HTTPS, HTTP, REJECT]],
    ['one of two', [HTTPS, REJECT], [HTTP, HTTPS], [HTTPS, HTTP, REJECT]],
    ['dead behind a REJECT', [SSH, REJECT, HTTP], [HTTP], [SSH, HTTP, REJECT]],
    ['two dead copies', [REJECT, HTTP, HTTP], [HTTP], [HTTP, REJECT]],
    ['copies that act are left alone', [HTTP, HTTP, REJECT], [HTTP], [HTTP, HTTP, REJECT]],
    ['a copy that cannot act goes', [HTTP, REJECT, HTTP], [HTTP], [HTTP, REJECT]],
    [
      'disjoint DROPs are no obstacle',
      ['-p udp -j DROP', '-p tcp -m tcp --dport 25 -j DROP'],
      [HTTP],
      ['-p udp -j DROP', '-p tcp -m tcp --dport 25 -j DROP', HTTP],
    ],
    ['a ban that overlaps', ['-s 10.0.0.9/32 -j DROP', SSH], [HTTP], [HTTP, '-s 10.0.0.9/32 -j DROP', SSH]],
    [
      'a match that is not known',
      ['-m recent --name x -j DROP'],
      [HTTP],
      [HTTP, '-m recent --name x -j DROP'],
    ],
    ['LOG lets go on', ['-j LOG', REJECT], [HTTP], ['-j LOG', HTTP, REJECT]],
    ['RETURN ends', ['-j RETURN'], [HTTP], [HTTP, '-j RETURN']],
    ['an unknown target ends', ['-j TARPIT'], [HTTP], [HTTP, '-j TARPIT']],
    ['a rule without a target', ['-i lo', REJECT], [HTTP], ['-i lo', HTTP, REJECT]],
    [
      'the same verdict is no obstacle',
      ['-p tcp -j ACCEPT', REJECT],
      [HTTP],
      ['-p tcp -j ACCEPT', HTTP, REJECT],
    ],
    [
      'another kind of REJECT is',
      [REJECT],
      ['-p tcp -j REJECT --reject-with tcp-reset'],
      ['-p tcp -j REJECT --reject-with tcp-reset', REJECT],
    ],
    [
      'a DROP of ours before ACCEPTs',
      [SSH, HTTP],
      ['-s 10.0.0.9/32 -j DROP'],
      ['-s 10.0.0.9/32 -j DROP', SSH, HTTP],
    ],
    [
      'our own order decides',
      [REJECT],
      ['-s 10.0.0.9/32 -j DROP', HTTP],
      ['-s 10.0.0.9/32 -j DROP', HTTP, REJECT],
    ],
    [
      'our own order, half there',
      [HTTP, REJECT],
      ['-s 10.0.0.9/32 -j DROP', HTTP],
      ['-s 10.0.0.9/32 -j DROP', HTTP, REJECT],
    ],
    [
      'our own order, the wrong way round',
      [HTTP, '-s 10.0.0.9/32 -j DROP', REJECT],
      ['-s 10.0.0.9/32 -j DROP', HTTP],
      ['-s 10.0.0.9/32 -j DROP', HTTP, REJECT],
    ],
    [
      'a rule moves because ours had to come before it',
      ['-s 10.1.0.0/16 -p tcp -j DROP', '-s 10.2.0.0/16 -j DROP'],
      ['-s 10.2.0.0/16 -j DROP', HTTP],
      ['-s 10.2.0.0/16 -j DROP', HTTP, '-s 10.1.0.0/16 -p tcp -j DROP'],
    ],
    ['a rule that only logs', [SSH, REJECT], ['-p tcp -j LOG'], ['-p tcp -j LOG', SSH, REJECT]],
  ])('%s', (_, before, wanted, after) => {
    expect(placed(before, wanted)).toEqual(after);
  });

  it('stays behind jumps to other chains, and names those that may decide first', () => {
    const jumps = ['-j f2b-all', '-p tcp -m multiport --dports 22 -j f2b-sshd', '-p tcp -g gone'];
    const placement = place([...jumps, REJECT, '-j late'], [HTTP], ['f2b-all', 'f2b-sshd', 'gone', 'late']);
    expect(placement.after.map(({ rule }) => plain(rule))).toEqual([...jumps, HTTP, REJECT, '-j late']);
    expect(placement.jumps.map(plain)).toEqual(['-j f2b-all', '-p tcp -g gone']);
  });

  it('names what it had to come before', () => {
    expect(place([SSH, REJECT], [HTTP, HTTPS]).passed.map(plain)).toEqual([REJECT]);
    expect(place([SSH], [HTTP]).passed).toEqual([]);
  });
});

describe('removeRules', () => {
  it('takes every copy', () => {
    const { after } = removeRules('INPUT', rules([HTTP, SSH, REJECT, HTTP]), rules([HTTP]));
    expect(after.map(({ rule }) => plain(rule))).toEqual([SSH, REJECT]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseRule, parseSave, rulesOf } from '../../../src/resources/iptables/parse-save.ts';
import { placeRules, removeRules } from '../../../src/resources/iptables/place-rules.ts';
import { editSavedFile, readSavedFile } from '../../../src/resources/iptables/saved-file.ts';
import { elSavedList, shippedRules } from './lists.ts';

const NONE = new Set<string>();

function read(text: string, list = text) {
  const file = readSavedFile(text, 'filter', parseSave(list));
  if ('problem' in file) throw new Error(file.problem);
  return file;
}

function withRules(text: string, rules: readonly string[], list = text): string {
  const seen = parseSave(list);
  const chains = [...new Set(rules.map((rule) => parseRule(rule).chain))];
  const placements = chains.map((chain) =>
    placeRules(
      chain,
      rulesOf(seen, chain),
      rules.map(parseRule).filter((rule) => rule.chain === chain),
      NONE,
    ),
  );
  return editSavedFile(read(text, list), 'filter', placements);
}

describe('editSavedFile', () => {
  it('puts rules in place, and leaves every other line as it is', () => {
    const lines = elSavedList.split('\n');
    const reject = lines.findIndex((line) => line.startsWith('-A INPUT -j REJECT'));
    const commit = lines.indexOf('COMMIT');
    const [http = '', https = '', ...out] = shippedRules;
    expect(withRules(elSavedList, shippedRules).split('\n')).toEqual([
      ...lines.slice(0, reject),
      http,
      https,
      ...lines.slice(reject, commit),
      ...out,
      ...lines.slice(commit),
    ]);
  });

  it('keeps counters, blank lines, other tables and a missing last line end', () => {
    const text =
      '*nat\n:OUTPUT ACCEPT [9:9]\n-A OUTPUT -j ACCEPT\nCOMMIT\n\n*filter\n:INPUT DROP [3:180]\n' +
      '[5:300] -A INPUT -i lo -j ACCEPT\n\n[7:9] -A INPUT -j DROP\nCOMMIT';
    const list = '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j DROP\nCOMMIT\n';
    const rule = '-A INPUT -p tcp -j ACCEPT';
    expect(withRules(text, [rule], list)).toBe(text.replace('[7:9]', `${rule}\n[7:9]`));
  });

  it('leaves a comment with the rule below it', () => {
    const text = '*filter\n-A INPUT -i lo -j ACCEPT\n# all else\n# is refused\n-A INPUT -j DROP\nCOMMIT\n';
    const rule = '-A INPUT -p tcp -j ACCEPT';
    expect(withRules(text, [rule])).toBe(text.replace('# all', `${rule}\n# all`));
  });

  it('appends behind the last rule of the chain', () => {
    const text = '*filter\n-A INPUT -i lo -j ACCEPT\n-A OUTPUT -j ACCEPT\nCOMMIT\n';
    const rule = '-A INPUT -p tcp -j ACCEPT';
    expect(withRules(text, [rule])).toBe(text.replace('-A OUTPUT', `${rule}\n-A OUTPUT`));
  });

  it.each([
    ['', '*filter'],
    ['*nat\nCOMMIT\n', '*nat\nCOMMIT\n*filter'],
    ['*nat\nCOMMIT', '*nat\nCOMMIT\n*filter'],
  ])('adds the table to %j', (text, start) => {
    const headers = ':INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]';
    const rule = '-A INPUT -j ACCEPT';
    expect(withRules(text, [rule], '')).toBe(`${start}\n${headers}\n${rule}\nCOMMIT\n`);
  });

  it('removes lines', () => {
    const rules = [parseRule('-A INPUT -i lo -j ACCEPT')];
    const placement = removeRules('INPUT', rulesOf(parseSave(elSavedList), 'INPUT'), rules);
    expect(editSavedFile(read(elSavedList), 'filter', [placement])).toBe(
      elSavedList.replace('-A INPUT -i lo -j ACCEPT\n', ''),
    );
  });

  it('does not spoil bytes that are no UTF-8, and writes new rules as UTF-8', () => {
    const text = Buffer.from('*filter\n# \xe9\nCOMMIT\n', 'latin1').toString('latin1');
    const edited = withRules(text, ['-A INPUT -m comment --comment "ä" -j ACCEPT'], '');
    expect(Buffer.from(edited, 'latin1')).toEqual(
      Buffer.concat([
        Buffer.from('*filter\n'),
        Buffer.from([0x23, 0x20, 0xe9]),
        Buffer.from('\n-A INPUT -m comment --comment "ä" -j ACCEPT\nCOMMIT\n'),
      ]),
    );
  });
});

describe('readSavedFile', () => {
  it.each([
    ['*filter\nCOMMIT\n*filter\nCOMMIT\n', '', 'it has two sections *filter, and the last one would win'],
    ['*filter\n', '', '*filter has no COMMIT'],
    ['*filter\n-I INPUT 1 -j DROP\nCOMMIT\n', '-A INPUT -j DROP', 'line 2 is no -A rule: -I INPUT 1 -j DROP'],
    [
      '*filter\n-A INPUT -s a,b -j DROP\nCOMMIT\n',
      '-A INPUT -s 10.0.0.1\n-A INPUT -s 10.0.0.2',
      'a line of chain INPUT stands for several rules, so its lines cannot be told apart',
    ],
  ])('refuses %j', (text, list, problem) => {
    expect(readSavedFile(text, 'filter', parseSave(list))).toEqual({ problem });
  });
});

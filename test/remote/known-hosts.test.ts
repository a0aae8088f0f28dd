import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAbout, knownHostName, parseKnownHosts } from '../../src/remote/known-hosts.ts';
import { makeKey } from './sshd.ts';

let dir: string;
let key: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'trueup-known-'));
  key = readFileSync(`${makeKey(dir, 'host')}.pub`, 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');
});

afterAll(() => rmSync(dir, { recursive: true }));

/** The line numbers that ssh-keygen finds for the name. */
function keygenFinds(file: string, name: string): number[] {
  const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' });
  return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
}

function weFind(file: string, name: string): number[] {
  const lines = parseKnownHosts(readFileSync(file, 'utf8'), file);
  return lines.filter((line) => isAbout(line, name)).map(({ place }) => place.line);
}

const PATTERNS = [
  'lb-01',
  'lb-01,10.0.0.1',
  '[lb-01]:2222',
  '[10.0.0.1]:2222,[lb-01]:2222',
  'lb-*',
  'lb-??',
  '*,!lb-02',
  '!lb-01,lb-*',
  '[*]:2222',
  '[lb-*.example.org]:22??',
  '2001:db8::1',
  '[2001:db8::1]:2222',
  'LB-01',
  'lb.01',
];
const NAMES = [
  'lb-01',
  'lb-02',
  'lb-100',
  '10.0.0.1',
  '[lb-01]:2222',
  '[10.0.0.1]:2222',
  '[lb-01.example.org]:2200',
  '2001:db8::1',
  '[2001:db8::1]:2222',
  'elsewhere',
];

describe('a line of known_hosts', () => {
  it.each(PATTERNS)('%s is about the names that ssh-keygen finds', (pattern) => {
    const file = join(dir, 'plain');
    writeFileSync(file, `${pattern} ${key}\n`);
    for (const name of NAMES) expect([name, weFind(file, name)]).toEqual([name, keygenFinds(file, name)]);
  });

  it('may be hashed', () => {
    const file = join(dir, 'hashed');
    writeFileSync(file, `lb-01 ${key}\n[10.0.0.1]:2222 ${key}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
    for (const name of NAMES) expect([name, weFind(file, name)]).toEqual([name, keygenFinds(file, name)]);
    expect(weFind(file, '[10.0.0.1]:2222')).toEqual([2]);
  });

  it('may carry a marker and a comment; others hold no key', () => {
    const file = join(dir, 'mixed');
    const lines = [
      `# lb-01 ${key}`,
      '',
      `  lb-01 ${key} root@lb-01 # note`,
      `@revoked lb-01 ${key}`,
      'lb-01 ssh-ed25519',
      `lb-01\t${key}\r`,
      `@cert-authority *.example.org ${key}`,
    ];
    writeFileSync(file, lines.join('\n'));
    const found = parseKnownHosts(readFileSync(file, 'utf8'), file);
    expect(found.map(({ place, marker, type }) => [place.line, marker, type])).toEqual([
      [3, undefined, 'ssh-ed25519'],
      [4, '@revoked', 'ssh-ed25519'],
      [6, undefined, 'ssh-ed25519'],
      [7, '@cert-authority', 'ssh-ed25519'],
    ]);
    expect(weFind(file, 'lb-01')).toEqual(keygenFinds(file, 'lb-01'));
  });
});

describe('knownHostName', () => {
  it.each([
    ['lb-01', 22, 'lb-01'],
    ['LB-01', 22, 'lb-01'],
    ['lb-01', 2222, '[lb-01]:2222'],
    ['2001:db8::1', 22, '2001:db8::1'],
    ['2001:db8::1', 2222, '[2001:db8::1]:2222'],
  ])('%s, port %i is %s', (address, port, name) => {
    expect(knownHostName({ address, port })).toBe(name);
  });
});

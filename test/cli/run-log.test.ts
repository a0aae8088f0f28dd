import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunLog } from '../../src/cli/run-log.ts';
import { type Executed, InputError, type RunEvent, Secret, shell } from '../../src/model/index.ts';
import { pendingHost } from './results.ts';

let root: string;
let folder: string;
let warnings: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trueup-log-'));
  folder = join(root, '.trueup', 'logs');
  warnings = [];
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function openLog(time = '2026-11-22T03:04:05.678Z'): RunLog {
  return new RunLog({
    folder,
    command: 'apply',
    argv: ['apply', 'site.ts'],
    now: () => new Date(time),
    warn: (message) => warnings.push(message),
  });
}

function ran(command: Executed['command'], stdout: string, more: Partial<Executed> = {}): RunEvent {
  const output = { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
  const executed = { does: 'act', command, confidential: false, seconds: 1.234 } as const;
  return {
    type: 'command-finished',
    host: 'lb-01',
    command: { ...executed, answer: { kind: 'output', output }, ...more },
  };
}

function written(): string {
  const [name = ''] = readdirSync(folder);
  return readFileSync(join(folder, name), 'utf8');
}

function kept(...events: RunEvent[]): string {
  const log = openLog();
  for (const event of events) log.take(event);
  log.close();
  return written();
}

it('is a file for its owner alone, named by time and command, and tells what happened where', () => {
  const reload = shell('systemctl reload "$1"', 'haproxy');
  const text = kept(
    { type: 'connecting', host: 'lb-01', again: true },
    { type: 'connected', host: 'lb-01', seconds: 0.2 },
    ran(reload, 'said\nmore\n'),
    ran(reload, '', { answer: { kind: 'none', why: 'the link is gone' } }),
    { type: 'host-finished', host: 'lb-01', result: pendingHost },
    { type: 'asked', question: 'Apply?', yes: true },
  );
  expect(readdirSync(folder)).toEqual([`20261122T030405Z-apply-${process.pid}.log`]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o777).toBe(0o600);
  const lines = text.split('\n').map((line) => line.replace('2026-11-22T03:04:05.678Z  ', ''));
  expect(lines[0]).toMatch(/^trueup \S+, Node \S+: trueup apply site.ts$/);
  expect(lines.slice(1).map((line) => line.trimStart())).toEqual([
    'lb-01  connecting again',
    'lb-01  connected (0.20 s)',
    'script c88c6b is:',
    '| systemctl reload "$1"',
    'lb-01  run: script c88c6b haproxy: exit 0 (1.23 s)',
    '| said',
    '| more',
    'lb-01  run: script c88c6b haproxy: no answer: the link is gone (1.23 s)',
    'lb-01  pending: template /etc/haproxy/haproxy.cfg: content (+1 −1); mode 0600 → 0644',
    'lb-01  unknown: systemdService haproxy: known after yumPackage haproxy',
    'lb-01  1 to change, 1 not known yet, 1 ok, 1 execs so far',
    'asked: Apply? yes',
    '',
  ]);
});

it('holds no secret: not of commands, nor of output, nor where that is cut', () => {
  const secret = new Secret('LOG', "it's-very-secret").reveal();
  const around = 'x'.repeat(1995);
  const text = kept(
    ran(['echo', secret, `a${secret}b`], `${around}${secret}${'y'.repeat(10_000)}${secret}`),
    ran(shell(`echo ${secret}`, secret), secret),
    { type: 'step-started', host: 'lb-01', step: `command ${secret}`, index: 0, total: 1 },
  );
  expect(text).toContain('characters left out');
  expect(text).toContain('[secret]');
  expect(text).not.toMatch(/it's|very|s-ve|ecret(?!])/);
});

it('does not keep what a confidential look brought', () => {
  const text = kept(ran(['getent', 'shadow', 'jo'], 'jo:$6$hash', { does: 'look', confidential: true }));
  expect(text).toContain('(10 bytes that are not shown)');
  expect(text).not.toContain('hash');
});

it('has a bug whole, with stack and cause; a mistake that was told before any host was asked leaves none', () => {
  const mistaken = openLog();
  mistaken.fail(new InputError('no such file'));
  mistaken.close();
  expect(mistaken.shownPath).toBeUndefined();
  const log = openLog();
  log.fail(new TypeError('x is not a function', { cause: new Error('the first of all') }));
  expect(log.shownPath).toContain('apply');
  log.close();
  expect(written()).toMatch(
    /TypeError: x is not a function\n\s+at .*run-log\.test\.ts[\s\S]*the first of all/,
  );
});

it('keeps the fifty latest, and leaves other files alone', () => {
  mkdirSync(folder, { recursive: true });
  for (let day = 10; day < 70; day += 1) writeFileSync(join(folder, `202601${day}T000000Z-plan-7.log`), '');
  writeFileSync(join(folder, 'a-note.txt'), '');
  kept({ type: 'connecting', host: 'lb-01', again: false });
  const names = readdirSync(folder).sort();
  expect(names).toHaveLength(51);
  expect(names[0]).toBe('20260121T000000Z-plan-7.log');
  expect(names).toContain('a-note.txt');
});

it('that cannot be written is one warning', () => {
  mkdirSync(join(root, '.trueup'));
  writeFileSync(folder, 'a file in the way');
  chmodSync(folder, 0o400);
  const log = openLog();
  log.take({ type: 'connecting', host: 'lb-01', again: false });
  log.close();
  log.take({ type: 'connecting', host: 'lb-01', again: true });
  log.close();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^warning: no log of this run: .*(EEXIST|ENOTDIR)/);
  expect(log.shownPath).toBeUndefined();
});

it('that cannot be written is not named', () => {
  mkdirSync(join(root, '.trueup'));
  writeFileSync(folder, 'no folder');
  const log = openLog();
  log.take({ type: 'connecting', host: 'lb-01', again: false });
  expect(log.shownPath).toBeUndefined();
  log.close();
});

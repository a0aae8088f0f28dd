import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { CANARIES, canaryProject } from './canary-project.ts';
import { commandLine } from './command-line.ts';

let sshd: Sshd;
/** All that runs have left: what they printed, reports, logs. */
const outputs = new Map<string, string>();

beforeAll(async () => {
  sshd = await startSshd();
  const project = canaryProject(sshd);
  const files = [join(project, 'site.ts'), '-i', join(project, 'hosts.yml')];
  const junit = join(project, 'junit.xml');
  const run = async (name: string, ...words: string[]) => {
    const { stdout, stderr } = await commandLine(...words);
    outputs.set(`${name}: stdout`, stdout);
    outputs.set(`${name}: stderr`, stderr);
  };
  await run('plan', 'plan', ...files, '-vvv');
  await run('plan --diff', 'plan', ...files, '--diff', '--junit', junit);
  outputs.set('plan --junit', readFileSync(junit, 'utf8'));
  await run('plan --json', 'plan', ...files, '--json');
  await run('plan --json --diff', 'plan', ...files, '--json', '--diff');
  await run('validate', 'validate', ...files);
  await run('validate --json', 'validate', ...files, '--json');
  await run('apply', 'apply', ...files, '--yes', '-vvv', '--diff', '--junit', junit);
  outputs.set('apply --junit', readFileSync(junit, 'utf8'));
  await run('apply --json', 'apply', ...files, '--yes', '--json', '--diff');
  const logs = join(project, '.trueup', 'logs');
  for (const log of readdirSync(logs)) outputs.set(`log ${log}`, readFileSync(join(logs, log), 'utf8'));
}, 60_000);

afterAll(() => sshd?.stop());

const WINDOW = 6;

/** Every piece of this length of a text. */
function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

/** What a part of a canary looks like: as it is in any case, in hex, in base64 at each alignment. */
function traces(canary: string): Map<string, string[]> {
  const bytes = Buffer.from(canary);
  const base64 = [0, 1, 2].flatMap((skipped) => {
    const whole = bytes.subarray(skipped);
    return windows(whole.subarray(0, whole.length - (whole.length % 3)).toString('base64'), 8);
  });
  return new Map([
    ['as text', windows(canary.toLowerCase(), WINDOW)],
    ['in hex', windows(bytes.toString('hex'), 2 * WINDOW)],
    ['in base64', base64],
  ]);
}

function found(text: string, canary: string): string[] {
  const squeezed = {
    'as text': text.toLowerCase(),
    'in hex': text.toLowerCase().replace(/[\s:]/g, ''),
    'in base64': text,
  };
  return [...traces(canary)].flatMap(([how, pieces]) =>
    pieces
      .filter((piece) => squeezed[how as keyof typeof squeezed].includes(piece))
      .map((piece) => `${how}: ${piece}`),
  );
}

describe('no output has a part of', () => {
  it.each(Object.entries(CANARIES))('the canary %s', (_, canary) => {
    const leaks = [...outputs].flatMap(([name, text]) =>
      found(text, canary).map((leak) => `${name}: ${leak}`),
    );
    expect(leaks).toEqual([]);
  });
});

describe('the outputs', () => {
  const output = (name: string) => outputs.get(name) ?? '';

  it('are those of whole runs', () => {
    expect(output('plan --diff: stdout')).toMatch(/content \(19 B → 22 B, not shown: sensitive\)/);
    expect(output('plan --diff: stdout')).toMatch(/-password: \[secret\]\n.*\+nothing to hide/);
    expect(output('apply: stdout')).toMatch(/FAILED {2}box {2}command/);
    expect(output('apply: stdout')).toMatch(/one \[secret\]/);
    expect(output('apply --junit')).toContain('one [secret]');
    expect(output('apply: stderr')).toMatch(/\| \[secret\]/);
    expect(
      [...outputs].filter(([name, text]) => /^log .*-(plan|apply)/.test(name) && text !== '').length,
    ).toBeGreaterThan(2);
  });

  it('of console and process are masked, and console leaves stdout alone', () => {
    expect(output('plan: stderr')).toMatch(/^log \[secret\]\nerror \[secret\]\n\{ warn: .*\[secret\].*\}\n/);
    expect(output('plan: stderr')).toMatch(/^stderr \[secret\]$/m);
    expect(output('plan: stdout')).toMatch(/^stdout \[secret\]\n/);
  });

  it('in JSON have contents only with --diff', () => {
    const changes = (name: string) => {
      const text = output(`${name}: stdout`);
      return JSON.parse(text.slice(text.indexOf('{'))).hosts[0].steps[0].changes[0];
    };
    expect(changes('plan --json')).toEqual({ aspect: 'content', summary: 'content (+1 −1)' });
    expect(changes('plan --json --diff')).toMatchObject({
      before: 'password: [secret]\n',
      after: 'nothing to hide\n',
    });
  });
});

it('no list of processes has a secret that a command or a guard got', () => {
  for (const name of ['processes', 'guard-processes']) {
    const listed = readFileSync(join(sshd.dir, name), 'utf8');
    expect(listed).toMatch(/timeout -k/);
    expect(found(listed, CANARIES.asked)).toEqual([]);
  }
});

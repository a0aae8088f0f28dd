import type { KeySpec } from './key-spec.ts';
import { describeKey, keyLine, type PublicKey, parseKey, sameKey } from './public-key.ts';

export interface WantedText {
  readonly text: string;
  /** What was done, for people. */
  readonly done: readonly string[];
  /** The lines that were there and are not, and the other way round. */
  readonly before: string;
  readonly after: string;
}

interface Line {
  readonly text: string;
  readonly key: PublicKey | undefined;
}

/** The file as it shall be: lines that are nobody's business stay as they are. */
export function wantedText(spec: KeySpec, text: string): WantedText {
  const lines = text.split('\n').map((line) => ({ text: line, key: parseKey(line) }));
  if (lines.at(-1)?.text === '') lines.pop();
  const steps =
    spec.state === 'absent'
      ? [without(spec)]
      : [...spec.key.map(withKey), ...(spec.exclusive ? [only(spec)] : [])];
  const done: string[] = [];
  const wanted = steps.reduce<readonly Line[]>((now, step) => step(now, done), lines);
  const changed = done.length > 0;
  return {
    text: changed ? textOf(wanted) : text,
    done,
    before: textOf(lines.filter((line) => !wanted.includes(line))),
    after: textOf(wanted.filter((line) => !lines.includes(line))),
  };
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${line.text}\n`).join('');
}

type Step = (lines: readonly Line[], done: string[]) => readonly Line[];

function without({ key: keys }: KeySpec): Step {
  return (lines, done) => keep(lines, done, (line) => !keys.some((key) => isAbout(line, key)));
}

/** What sshd cannot read as a key goes, too: another sshd may. */
function only({ key: keys }: KeySpec): Step {
  return (lines, done) =>
    keep(lines, done, (line) => /^\s*(#|$)/.test(line.text) || keys.some((key) => isAbout(line, key)));
}

function keep(lines: readonly Line[], done: string[], test: (line: Line) => boolean): readonly Line[] {
  const gone = lines.filter((line) => !test(line));
  done.push(...gone.map(({ key }) => `remove ${key ? describeKey(key) : 'a line that is no key'}`));
  return lines.filter(test);
}

/** Options that are not asked for are left as they are; the first line of a key is the one that counts. */
function withKey(key: PublicKey): Step {
  return (lines, done) => {
    const first = lines.findIndex((line) => isAbout(line, key));
    const line = { text: keyLine(key), key };
    if (first === -1) {
      done.push(`add ${describeKey(key)}`);
      return [...lines, line];
    }
    const found = lines.filter((other) => isAbout(other, key));
    if (key.options === '' || found.every((other) => other.key?.options === key.options)) return lines;
    done.push(`options of ${describeKey(key)}`);
    return lines.flatMap((other, at) => (at === first ? [line] : isAbout(other, key) ? [] : [other]));
  };
}

function isAbout({ key }: Line, wanted: PublicKey): boolean {
  return key !== undefined && sameKey(key, wanted);
}

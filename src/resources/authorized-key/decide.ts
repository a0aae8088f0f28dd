import { createHash } from 'node:crypto';
import {
  type Action,
  type Change,
  type Finding,
  LABEL_FUNCTIONS,
  ok,
  type PredictedEffects,
  shell,
} from '../../model/index.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { setAttributes } from '../files/path-actions.ts';
import { type Precondition, unlessBlocked } from '../files/precondition.ts';
import type { KeySpec } from './key-spec.ts';
import { describeKey, keyLine, type PublicKey, parseKey, sameKey } from './public-key.ts';
import type { KeyState } from './read-keys.ts';
import { refuse } from './refuse.ts';

export function decideKeys(spec: KeySpec, state: KeyState | undefined, effects: PredictedEffects): Finding {
  const absent = spec.state === 'absent';
  if (absent && !state?.file) return ok;
  if (!state) return unlessBlocked([firstKeys(spec)], [noUser(spec)], effects);
  if (!state.homeFolder && state.home.startsWith('/'))
    return unlessBlocked([firstKeys(spec)], [noHome(spec, state)], effects);
  const refusal = refuse(spec.user, state, effects);
  if (refusal) return refusal;
  return unlessBlocked(changesOf(spec, state), [], effects);
}

/** Where they go to is not known yet. */
function firstKeys({ key }: KeySpec): Change {
  return {
    aspect: 'keys',
    summary: key.map((one) => `add ${describeKey(one)}`).join('; '),
    whole: true,
    actions: [],
  };
}

function noUser({ user }: KeySpec): Precondition {
  const advice = `Put user({ name: '${user}' }) before this step.`;
  return { reason: `there is no user ${user}`, advice, later: `the user ${user} is not there yet` };
}

function noHome({ user }: KeySpec, { home }: KeyState): Precondition {
  const advice = `Put directory({ path: '${home}', owner: '${user}' }) before this step.`;
  const reason = `${home}, the home of ${user}, does not exist`;
  return { reason, advice, path: home, later: `${home} is not there yet` };
}

function changesOf(spec: KeySpec, state: KeyState): Change[] {
  const place: Place = { user: spec.user, ...state };
  const { text, done, before, after } = wantedText(spec, state.text ?? '');
  const { file } = state;
  const foreign = file !== undefined && file.uid !== state.uid;
  const put = putKeys(place, text, foreign ? 'unreadable' : file && (state.text ?? ''));
  const content: Change[] =
    done.length === 0 ? [] : [{ aspect: 'keys', summary: done.join('; '), before, after, actions: [] }];
  const owner = foreign ? [plain('owner', `authorized_keys: owner ${file.uid} → ${spec.user}`)] : [];
  const mode =
    file && file.mode !== '0600' ? [plain('mode', `authorized_keys: mode ${file.mode} → 0600`)] : [];
  const [first, ...others] = [...content, ...owner, ...mode];
  const labels = (state.labels?.differ ?? []).map((words) => plain('label', words));
  const [label, ...more] = first ? [] : labels;
  // A new file has all of it right at once, labels too.
  return [
    ...folderChanges(spec, state, place),
    ...(first ? [{ ...first, actions: [put] }, ...others, ...labels] : []),
    ...(label ? [{ ...label, actions: [restoreLabels(place)] }, ...more] : []),
  ];
}

function folderChanges(spec: KeySpec, { folder, homeFolder, uid }: KeyState, place: Place): Change[] {
  if (!folder) {
    const summary = `create ${place.home}/.ssh`;
    return homeFolder?.uid === uid ? [] : [{ aspect: 'folder', summary, actions: [makeFolder(place)] }];
  }
  const owner = {
    ...plain('folder owner', `.ssh: owner ${folder.uid} → ${spec.user}`),
    actions: [ownFolder(place, folder.inode)],
  };
  const mode = { ...plain('folder mode', `.ssh: mode ${folder.mode} → 0700`), actions: [closeFolder(place)] };
  return [...(folder.uid === uid ? [] : [owner]), ...(folder.mode === '0700' ? [] : [mode])];
}

function plain(aspect: string, summary: string): Change {
  return { aspect, summary, actions: [] };
}

/**
 * All below a home is done as its user: whatever is put in the way there, a link to a file of root's say, leads no
 * further than the user can go anyway.
 */
const AS_USER = `${LABEL_FUNCTIONS}
runuser -u "$1" -- sh -c "$2" trueup "$3" "$4" "$5" || exit
if selinux_on; then restorecon -R -- "$3/.ssh"; fi`;

const PUT = `umask 077
cd -- "$1" && { [ -d .ssh ] || mkdir .ssh; } && cd .ssh || exit
sum() { sha256sum <"$1" | cut -d' ' -f1; }
if [ -n "$3" ] && [ "$([ -e authorized_keys ] && sum authorized_keys)" != "\${3#none}" ]; then
  echo "authorized_keys has changed in this very moment" >&2; exit 1
fi
new=.trueup-$$~
trap 'rm -f -- "$new"' EXIT
cat >"$new" || exit
[ "$(sum "$new")" = "$2" ] || { echo "only a part of it arrived" >&2; exit 1; }
mv -fT -- "$new" authorized_keys`;

interface Place {
  readonly user: string;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
}

/** Lands the file whole or not at all; `before` is what it must hold until then, undefined for no file. */
function putKeys({ user, home }: Place, text: string, before: string | undefined | 'unreadable'): Action {
  const seen = before === 'unreadable' ? '' : before === undefined ? 'none' : sha256(before);
  return { exec: shell(AS_USER, user, PUT, home, sha256(text), seen), stdin: text };
}

function restoreLabels({ home }: Place): Action {
  return { exec: ['restorecon', '-R', '--', `${home}/.ssh`] };
}

function closeFolder({ user, home }: Place): Action {
  return { exec: ['runuser', '-u', user, '--', 'chmod', '0700', `${home}/.ssh`] };
}

/** In a home of root's the user can make nothing. */
function makeFolder({ home, uid, gid }: Place): Action {
  return makeDirectory({ path: `${home}/.ssh`, mode: '0700', owner: String(uid), group: String(gid) });
}

function ownFolder({ home, uid, gid }: Place, inode: string): Action {
  return setAttributes({ path: `${home}/.ssh`, kind: 'dir', inode, owner: String(uid), group: String(gid) });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface WantedText {
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
function wantedText(spec: KeySpec, text: string): WantedText {
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

import { type Change, type Finding, ok, type PredictedEffects } from '../../model/index.ts';
import { type Precondition, unlessBlocked } from '../files/precondition.ts';
import { closeFolder, makeFolder, ownFolder, type Place, putKeys, restoreLabels } from './actions.ts';
import type { KeySpec } from './key-spec.ts';
import { describeKey } from './public-key.ts';
import type { KeyState } from './read-keys.ts';
import { refuse } from './refuse.ts';
import { wantedText } from './wanted-text.ts';

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

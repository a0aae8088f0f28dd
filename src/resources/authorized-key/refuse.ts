import { posix } from 'node:path';
import { blocked, type Finding, type PredictedEffects } from '../../model/index.ts';
import type { KeyState, Standing } from './read-keys.ts';

/** What sshd itself would not trust, or what somebody has put in the way. */
export function refuse(user: string, state: KeyState, effects: PredictedEffects): Finding | undefined {
  return (
    refuseHome(user, state) ?? refuseFolder(state) ?? refuseFile(state) ?? refuseLabel(user, state, effects)
  );
}

function refuseHome(user: string, { home, uid, homeFolder, folder }: KeyState): Finding | undefined {
  if (!home.startsWith('/') || (home === '/' && uid !== 0)) {
    return blocked(
      `${user} has no home of its own: ${home || '(none)'}`,
      `Give it one: user({ name: '${user}', home: … }).`,
    );
  }
  if (homeFolder?.type !== 'directory') return blocked(`${home}, the home of ${user}, is not a directory`);
  if (homeFolder.uid === uid) return undefined;
  if (homeFolder.uid !== 0) {
    return blocked(
      `${home} belongs neither to ${user} nor to root: sshd trusts no keys there`,
      `chown ${user} ${home}`,
    );
  }
  if (!folder && isWritable(homeFolder)) {
    return blocked(
      `${home} is root's, and others may write to it: sshd trusts no keys there`,
      `chmod go-w ${home}`,
    );
  }
  return undefined;
}

function isWritable({ mode }: Standing): boolean {
  return (Number.parseInt(mode, 8) & 0o022) !== 0;
}

function refuseFolder({ home, folder }: KeyState): Finding | undefined {
  if (!folder || folder.type === 'directory') return undefined;
  return inTheWay(`${home}/.ssh`, folder, 'directory');
}

function refuseFile({ home, file, text }: KeyState): Finding | undefined {
  const path = `${home}/.ssh/authorized_keys`;
  if (!file) return undefined;
  if (file.type !== 'file') return inTheWay(path, file, 'file');
  if (file.links > 1) {
    return blocked(
      `${path} has another name, too: it is a hard link`,
      'Remove it, or the other name, by hand.',
    );
  }
  return text === undefined
    ? blocked(`${path} is longer than 1 MiB, or no text in UTF-8`, 'Look at it by hand.')
    : undefined;
}

function inTheWay(path: string, { type }: Standing, wanted: string): Finding {
  const what = type === 'symlink' ? 'a symlink' : `no ${wanted}`;
  return blocked(
    `${path} is ${what}`,
    'Nothing is written through it, and nothing removed: look at it by hand.',
  );
}

/** For a home outside /home the policy has no label that sshd may read keys with. */
function refuseLabel(
  user: string,
  { home, labels }: KeyState,
  effects: PredictedEffects,
): Finding | undefined {
  if (!labels?.enforcing || labels.policy === 'ssh_home_t') return undefined;
  const path = `${home}/.ssh/authorized_keys`;
  if (effects.label(path)) return undefined;
  const parent = posix.dirname(home);
  const rule =
    posix.dirname(parent) === '/'
      ? `{ pattern: '${home}', equals: '/home/${user}' }`
      : `{ pattern: '${parent}', equals: '/home' }`;
  return blocked(
    `SELinux gives ${path} the label ${labels.policy}, which sshd may not read`,
    `Put selinuxContext(${rule}) before this step.`,
  );
}

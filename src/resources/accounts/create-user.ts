import type { Action, Change } from '../../model/index.ts';
import type { AccountState } from './read-account.ts';
import type { UserSpec } from './user-spec.ts';

export function createUser(spec: UserSpec, state: AccountState): Change {
  const shown = [
    spec.uid === undefined ? '' : `uid ${spec.uid}`,
    spec.group === undefined ? '' : `group ${spec.group}`,
    spec.groups?.length ? `groups ${spec.groups.join(',')}` : '',
    spec.home === undefined ? '' : `home ${spec.home}`,
    spec.shell === undefined ? '' : `shell ${spec.shell}`,
    spec.password ? 'with its password' : '',
  ].filter(Boolean);
  return {
    aspect: 'user',
    summary: [spec.system ? 'create, a system user' : 'create', ...shown].join(', '),
    whole: true,
    actions: [{ exec: ['useradd', ...splitShellWords(spec, state), spec.name] }, ...setPassword(spec)],
  };
}

function splitShellWords(spec: UserSpec, { groups }: AccountState): string[] {
  // useradd refuses to make a group that is there already.
  const group = spec.group ?? groups.find(({ name }) => name === spec.name)?.name;
  return [
    ...(spec.system ? ['-r', '-M'] : ['-m']),
    ...option('-u', spec.uid),
    ...option('-g', group),
    ...option('-G', spec.groups?.length ? spec.groups.join(',') : undefined),
    ...option('-d', spec.home),
    ...option('-s', spec.shell),
    ...option('-c', spec.comment),
  ];
}

function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

/** By stdin: a command line can be seen by everybody on the host. */
export function setPassword({ name, password }: UserSpec): Action[] {
  if (!password) return [];
  return [{ exec: ['chpasswd', '-e'], stdin: `${name}:${password.reveal()}\n` }];
}

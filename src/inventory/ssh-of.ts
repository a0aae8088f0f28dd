import { homedir, hostname, userInfo } from 'node:os';
import type { SshSettings } from '../model/index.ts';
import { expandTilde } from './expand-tilde.ts';
import { configOf, type SshAnswer, type SshQuestion } from './ssh-settings.ts';

/** The part of ssh's answer that is about keys. */
export function sshOf({ destination, args }: SshQuestion, answer: SshAnswer): SshSettings {
  const one = (keyword: string) => answer.get(keyword)?.[0];
  const expand = (path: string) => withEnvironment(withTokens(expandTilde(path), destination, answer));
  const config = configOf(args);
  const alias = one('hostkeyalias');
  const agent = one('identityagent');
  const known = knownHostsFiles(answer);
  const certificates = (answer.get('certificatefile') ?? []).filter((file) => file !== 'none').map(expand);
  return {
    destination,
    ...(config === undefined ? {} : { config }),
    identityFiles: (answer.get('identityfile') ?? []).filter((file) => file !== 'none').map(expand),
    ...(certificates.length === 0 ? {} : { certificateFiles: certificates }),
    identitiesOnly: one('identitiesonly') === 'yes',
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    ...(agent === undefined || agent === 'SSH_AUTH_SOCK' ? {} : { identityAgent: expand(agent) }),
    ...(known === undefined ? {} : { knownHostsFiles: known }),
  };
}

/** Replaces the tokens of ssh_config(5), which ssh -G leaves as they are. */
export function withTokens(text: string, destination: string, answer: SshAnswer): string {
  const one = (keyword: string) => answer.get(keyword)?.[0] ?? '';
  const { username, uid } = userInfo();
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': homedir(),
    '%h': one('hostname'),
    '%i': String(uid),
    '%k': one('hostkeyalias') || destination,
    '%L': hostname().split('.')[0] ?? '',
    '%l': hostname(),
    '%n': destination,
    '%p': one('port'),
    '%r': one('user'),
    '%u': username,
  };
  return text.replace(/%./g, (token) => tokens[token] ?? token);
}

function withEnvironment(path: string): string {
  return path.replace(
    /\$\{(\w+)\}|^\$(\w+)$/g,
    (_, name?: string, bare?: string) => process.env[name ?? bare ?? ''] ?? '',
  );
}

/** Undefined: the usual ones. ssh parts them by a space, as it does their own words: but each begins with a slash. */
function knownHostsFiles(answer: SshAnswer): string[] | undefined {
  const own = userInfo().homedir;
  const usual = `${own}/.ssh/known_hosts ${own}/.ssh/known_hosts2`;
  const users = answer.get('userknownhostsfile')?.[0] ?? usual;
  const all = answer.get('globalknownhostsfile')?.[0] ?? '';
  if (users === usual && all.startsWith('/etc/ssh/ssh_known_hosts ')) return undefined;
  return `${users} ${all}`
    .split(/ (?=[/~])/)
    .map(expandTilde)
    .filter((file) => file.startsWith('/') && file !== '/dev/null');
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type ConnectionKey, type Host, InputError, type Place, type SshSettings } from '../model/index.ts';
import { namesOf } from './connection.ts';
import { expandTilde } from './expand-tilde.ts';
import { hopsOf, hopsOfProxyCommand } from './jump-of.ts';
import { splitShellWords } from './split-shell-words.ts';

/** What the inventory says of a connection key. */
export type ConnectionVars = (key: ConnectionKey) => string | undefined;

type Reach = Pick<
  Host,
  | 'address'
  | 'port'
  | 'user'
  | 'jump'
  | 'proxyCommand'
  | 'connectTimeout'
  | 'hostKeys'
  | 'legacyAlgorithms'
  | 'ssh'
>;

/** How to reach a host: what the inventory says, and for the rest what ssh(1) would do, where it has been told to. */
export async function connectionSettings(
  name: string,
  said: ConnectionVars,
  root: string,
  place: Place | undefined,
): Promise<Reach> {
  const destination = said('address') ?? name;
  const args = withRoot(splitShellWords(said('sshArgs') ?? '') ?? [], root);
  const config = usersConfig();
  const own: Reach = {
    address: destination,
    port: Number(said('port') ?? 22),
    user: said('user') ?? userInfo().username,
    hostKeys: said('hostKeys') === 'accept-new' ? 'accept-new' : 'strict',
    ...legacyOf(said('legacyAlgorithms')),
    ...numberOf('connectTimeout', said('connectTimeout')),
    ...hopsOf(said('jump') ?? 'none'),
  };
  if (config === undefined && args.length === 0) return own;
  const isTold = args.some((word) => word.startsWith('-F'));
  const question: SshQuestion = {
    destination,
    user: said('user'),
    port: said('port'),
    args: isTold ? args : [...(config ?? []), ...args],
    place,
  };
  return merged(own, said, question, await askSsh(question));
}

function merged(own: Reach, said: ConnectionVars, question: SshQuestion, answer: SshAnswer): Reach {
  const one = (keyword: string) => answer.get(keyword)?.[0];
  const timeout = said('connectTimeout') ?? one('connecttimeout');
  return {
    address: one('hostname') ?? own.address,
    port: Number(one('port') ?? own.port),
    user: one('user') ?? own.user,
    hostKeys:
      said('hostKeys') === undefined && isLax(one('stricthostkeychecking')) ? 'accept-new' : own.hostKeys,
    ...legacyOf(said('legacyAlgorithms')),
    ...numberOf('connectTimeout', timeout),
    ...(said('jump') === undefined ? wayOf(question, answer) : hopsOf(said('jump') ?? 'none')),
    ssh: sshOf(question, answer),
  };
}

/** `no` would take a changed key as well: that goes too far. */
function isLax(checking = ''): boolean {
  return ['accept-new', 'no', 'off', 'false'].includes(checking);
}

/** ssh takes whichever was written first, and -G shows only that one. */
function wayOf({ destination, place }: SshQuestion, answer: SshAnswer): Pick<Reach, 'jump' | 'proxyCommand'> {
  const [hops, command] = [answer.get('proxyjump')?.[0], answer.get('proxycommand')?.[0]];
  if (hops !== undefined) return hopsOf(hops);
  if (command === undefined || command === 'none') return {};
  if (answer.get('proxyusefdpass')?.[0] === 'yes') {
    const advice = 'Take a ProxyCommand that passes the data through, such as nc -X 5 -x PROXY:PORT %h %p.';
    throw new InputError(`ProxyUseFdpass, which ssh has for ${destination}, cannot be used here`, {
      place,
      advice,
    });
  }
  return hopsOfProxyCommand(command) ?? { proxyCommand: withTokens(command, destination, answer) };
}

function legacyOf(text = 'none'): Pick<Reach, 'legacyAlgorithms'> {
  const names = namesOf(text);
  return names.length === 0 ? {} : { legacyAlgorithms: names };
}

function numberOf(key: 'connectTimeout', text: string | undefined): Pick<Reach, 'connectTimeout'> {
  const number = Number(text);
  return number > 0 ? { [key]: number } : {};
}

/** The part of ssh's answer that is about keys. */
function sshOf({ destination, args }: SshQuestion, answer: SshAnswer): SshSettings {
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
function withTokens(text: string, destination: string, answer: SshAnswer): string {
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

/** A host as ssh(1) is asked about it. */
interface SshQuestion {
  readonly destination: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
  /** Further options of ssh. */
  readonly args: readonly string[];
  /** Where the inventory has these. */
  readonly place: Place | undefined;
}

/** The lines of `ssh -G`, by keyword in lower case. */
type SshAnswer = ReadonlyMap<string, readonly string[]>;

const run = promisify(execFile);
const PATIENCE = 10_000;

/** What ssh(1) makes of its configuration for a host: only ssh knows Match, Include and the order of it all. */
async function askSsh({ destination, user, port, args, place }: SshQuestion): Promise<SshAnswer> {
  const login = [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', port])];
  try {
    const { stdout } = await run('ssh', ['-G', '-T', ...login, ...args, '--', destination], {
      timeout: PATIENCE,
    });
    const answer = parse(stdout);
    if ((answer.get('host') ?? [destination])[0] !== destination)
      throw new Error('a word of them is no option');
    return answer;
  } catch (error) {
    throw new InputError(
      `what ssh makes of its options for ${destination} cannot be read: ${reason(error)}`,
      {
        place: args.length > 0 ? place : undefined,
        advice: `See what \`ssh -G ${[...args, destination].join(' ')}\` says.`,
      },
    );
  }
}

function reason(error: unknown): string {
  const { code, killed, stderr, message } = error as Error & {
    code?: unknown;
    killed?: boolean;
    stderr?: string;
  };
  if (code === 'ENOENT') return 'there is no ssh to ask';
  if (killed) return `no answer within ${PATIENCE / 1000} s`;
  return stderr?.trim().split(/\r?\n/)[0] || message;
}

function parse(text: string): SshAnswer {
  const answer = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    answer.set(keyword, [...(answer.get(keyword) ?? []), value]);
  }
  return answer;
}

/** The options that lead ssh to the user's own configuration; undefined if there is none. */
function usersConfig(): readonly string[] | undefined {
  const file = join(homedir(), '.ssh', 'config');
  if (!existsSync(file)) return undefined;
  return homedir() === userInfo().homedir ? [] : ['-F', file];
}

/** Options of ssh, with the file that -F names made absolute: the shell and the project's root are not there to help. */
function withRoot(args: readonly string[], root: string): string[] {
  const absolute = (path: string) => (path === 'none' ? path : resolve(root, expandTilde(path)));
  return args.map((word, at) => {
    if (args[at - 1] === '-F') return absolute(word);
    return /^-F./.test(word) ? `-F${absolute(word.slice(2))}` : word;
  });
}

/** The file that -F names. */
function configOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((word) => word.startsWith('-F'));
  return args[at] === '-F' ? args[at + 1] : args[at]?.slice(2);
}

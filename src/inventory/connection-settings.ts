import { userInfo } from 'node:os';
import { type ConnectionKey, type Host, InputError, type Place } from '../model/index.ts';
import { namesOf } from './connection.ts';
import { hopsOf, hopsOfProxyCommand } from './jump-of.ts';
import { splitShellWords } from './split-shell-words.ts';
import { sshOf, withTokens } from './ssh-of.ts';
import { askSsh, type SshAnswer, type SshQuestion, usersConfig, withRoot } from './ssh-settings.ts';

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

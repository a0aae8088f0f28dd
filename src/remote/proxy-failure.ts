import type { Duplex } from 'node:stream';
import { didYouMean, type Host, NotUpError, UnreachableError } from '../model/index.ts';
import { wayInWords } from './proxy-command.ts';
import { ProxySocket } from './proxy-socket.ts';

/** What the program that leads to a host says of its end; unless an sshd on the way is only busy. */
export function proxyFailure(host: Host, socket: Duplex, names: readonly string[] = []): Error | undefined {
  if (!(socket instanceof ProxySocket) || !socket.complaint || socket.busy) return undefined;
  const { name, jump, proxyCommand } = host;
  const [way, advice] =
    proxyCommand === undefined && jump ? jumpWords(wayInWords(jump)) : commandWords(proxyCommand ?? '');
  const Kind = /refused|timed out|no route/i.test(socket.complaint) ? NotUpError : UnreachableError;
  const said = `${socket.complaint}${hintFor(socket.complaint, names)}`;
  return new Kind(`${name} cannot be reached through ${way}: ${said}`, { advice });
}

function hintFor(complaint: string, names: readonly string[]): string {
  const [, unknown] = /Could not resolve hostname ([^\s:]+)/.exec(complaint) ?? [];
  return unknown === undefined ? '' : didYouMean(unknown, names);
}

type Words = [way: string, advice: string];

function jumpWords(hops: string): Words {
  const last = hops.split(', ').at(-1);
  return [
    hops,
    `See what \`ssh ${last}\` says; it must need neither a password nor a passphrase (load the key into your SSH agent).`,
  ];
}

function commandWords(command: string): Words {
  return [
    `its ProxyCommand \`${command}\``,
    'Try the command by hand: it must print the greeting of the sshd, SSH-2.0…, and ask for nothing.',
  ];
}

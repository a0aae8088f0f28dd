import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { InputError, type Place } from '../model/index.ts';
import { expandTilde } from './expand-tilde.ts';

/** A host as ssh(1) is asked about it. */
export interface SshQuestion {
  readonly destination: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
  /** Further options of ssh. */
  readonly args: readonly string[];
  /** Where the inventory has these. */
  readonly place: Place | undefined;
}

/** The lines of `ssh -G`, by keyword in lower case. */
export type SshAnswer = ReadonlyMap<string, readonly string[]>;

const run = promisify(execFile);
const PATIENCE = 10_000;

/** What ssh(1) makes of its configuration for a host: only ssh knows Match, Include and the order of it all. */
export async function askSsh({ destination, user, port, args, place }: SshQuestion): Promise<SshAnswer> {
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
export function usersConfig(): readonly string[] | undefined {
  const file = join(homedir(), '.ssh', 'config');
  if (!existsSync(file)) return undefined;
  return homedir() === userInfo().homedir ? [] : ['-F', file];
}

/** Options of ssh, with the file that -F names made absolute: the shell and the project's root are not there to help. */
export function withRoot(args: readonly string[], root: string): string[] {
  const absolute = (path: string) => (path === 'none' ? path : resolve(root, expandTilde(path)));
  return args.map((word, at) => {
    if (args[at - 1] === '-F') return absolute(word);
    return /^-F./.test(word) ? `-F${absolute(word.slice(2))}` : word;
  });
}

/** The file that -F names. */
export function configOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((word) => word.startsWith('-F'));
  return args[at] === '-F' ? args[at + 1] : args[at]?.slice(2);
}

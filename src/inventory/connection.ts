import { isIP } from 'node:net';
import { type ConnectionKey, connectionKeys, InputError, legacyAlgorithms, nearest } from '../model/index.ts';
import { isJump } from './jump-of.ts';
import { splitShellWords } from './split-shell-words.ts';
import type { Vars, VarValue } from './var-value.ts';
import { describe, HIDDEN } from './yaml-file.ts';

/** The names that Ansible has for what we call otherwise. */
const ANSIBLE: Readonly<Record<string, ConnectionKey>> = {
  ansible_host: 'address',
  ansible_ssh_host: 'address',
  ansible_port: 'port',
  ansible_ssh_port: 'port',
  ansible_user: 'user',
  ansible_ssh_user: 'user',
  ansible_ssh_private_key_file: 'identityFile',
  ansible_private_key_file: 'identityFile',
  ansible_become: 'sudo',
  ansible_ssh_common_args: 'sshArgs',
  ansible_timeout: 'connectTimeout',
  ansible_ssh_timeout: 'connectTimeout',
};

const NAMES: readonly string[] = [...connectionKeys, ...Object.keys(ANSIBLE)];

/** The connection key that a name stands for. */
export function connectionKey(name: string): ConnectionKey | undefined {
  if (Object.hasOwn(ANSIBLE, name)) return ANSIBLE[name];
  return connectionKeys.find((key) => key === name);
}

/** The connection key that a var was probably meant to be. They hold one word each, so no list or mapping was. */
export function meantKey({ name, value }: VarValue): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : nearest(name, NAMES);
}

// Digits and points alone are no name: glibc would even read 10.1 as 10.0.0.1.
const isNumbers = (value: string) => /^[\d.]+$/.test(value);
// Names in the letters of any tongue: the system's resolver may know them.
const isName = (value: string) => /^[\p{L}\p{M}\p{N}._-]+$/u.test(value);
const isAddress = (value: string) => isIP(value) !== 0 || (isName(value) && !isNumbers(value));
const text = {
  expected: 'a text without hidden characters',
  fits: (value: unknown) => typeof value === 'string' && value !== '' && !HIDDEN.test(value),
};
const flag = {
  expected: 'true or false',
  fits: (value: unknown) => [true, false, 'yes', 'no', 'true', 'false'].includes(value as boolean | string),
};

const LEGACY = Object.values(legacyAlgorithms).flat();

const KINDS: Readonly<Record<ConnectionKey, { expected: string; fits: (value: unknown) => boolean }>> = {
  address: {
    expected: 'a name or an IP address',
    fits: (value) => typeof value === 'string' && isAddress(value),
  },
  user: text,
  identityFile: text,
  port: {
    expected: 'a port number, 1 to 65535',
    fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535,
  },
  hostKeys: {
    expected: '`strict` or `accept-new`',
    fits: (value) => value === 'strict' || value === 'accept-new',
  },
  legacyAlgorithms: {
    expected: `\`none\`, or names separated by commas, of ${LEGACY.join(', ')}`,
    fits: (value) => typeof value === 'string' && namesOf(value).every((name) => LEGACY.includes(name)),
  },
  jump: {
    expected: 'hosts as `ssh -J` takes them, such as user@bastion:22',
    fits: (value) => typeof value === 'string' && isJump(value),
  },
  sshArgs: {
    expected: 'options of ssh, such as -o ProxyCommand="…" or -F FILE',
    fits: (value) => typeof value === 'string' && isOptions(value),
  },
  connectTimeout: {
    expected: 'seconds, 1 to 600',
    fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 600,
  },
  sudo: flag,
};

/** The names that the text of a connection key lists. */
export function namesOf(text: string): string[] {
  return text === 'none' ? [] : text.split(',').map((name) => name.trim());
}

function isOptions(text: string): boolean {
  const words = splitShellWords(text);
  return words !== undefined && (words.length === 0 || words[0]?.startsWith('-') === true);
}

const PASSWORDS: Readonly<Record<string, string>> = {
  sudoPassword: 'TRUEUP_SUDO_PASSWORD',
  ansible_become_password: 'TRUEUP_SUDO_PASSWORD',
  ansible_become_pass: 'TRUEUP_SUDO_PASSWORD',
  ansible_sudo_pass: 'TRUEUP_SUDO_PASSWORD',
  password: 'TRUEUP_SSH_PASSWORD',
  sshPassword: 'TRUEUP_SSH_PASSWORD',
  ansible_password: 'TRUEUP_SSH_PASSWORD',
  ansible_ssh_password: 'TRUEUP_SSH_PASSWORD',
  ansible_ssh_pass: 'TRUEUP_SSH_PASSWORD',
  ansible_ssh_private_key_passphrase: 'TRUEUP_KEY_PASSPHRASE',
};

/** An inventory is read by many, and kept in version control. */
function refusePassword({ name, place }: VarValue): void {
  const variable = Object.hasOwn(PASSWORDS, name) ? PASSWORDS[name] : undefined;
  if (variable === undefined) return;
  const advice = `Put it into .env as ${variable}, or for one host or group as ${variable}_HOST or ${variable}_GROUP, in capitals.`;
  throw new InputError(`${name}: a password does not belong in an inventory`, { place, advice });
}

/** Refuses a connection key with a value that cannot be one. */
export function checkConnection(one: VarValue): void {
  refusePassword(one);
  const { name, value, place } = one;
  const key = connectionKey(name);
  if (key === undefined || KINDS[key].fits(value)) return;
  const quote = (KINDS[key] === text || key === 'address') && ['number', 'boolean'].includes(typeof value);
  throw new InputError(`${name}: expected ${KINDS[key].expected}, found ${describe(value)}`, {
    place,
    ...(quote ? { advice: 'Quote it, or YAML reads it as something else.' } : {}),
  });
}

/** Of several names for one connection key, and of one key in several places, there can be one value. */
export function refuseConflict(owner: string, vars: Vars): void {
  const seen = new Map<ConnectionKey, VarValue>();
  for (const one of vars) {
    const key = connectionKey(one.name);
    if (key === undefined) continue;
    const other = seen.get(key);
    if (other && other.value !== one.value) {
      const at = `line ${other.place.line}${other.place.file === one.place.file ? '' : ` of ${other.place.file}`}`;
      const message = `${owner}: ${one.name} is ${one.value} here, but ${other.name} is ${other.value} in ${at}`;
      throw new InputError(message, { place: one.place });
    }
    seen.set(key, one);
  }
}

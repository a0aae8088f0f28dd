import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { type AlgorithmKind, type Host, legacyAlgorithms, mask, shellLine } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';

type Words = [string, ...string[]];
type Hop = string | Host;
type Files = Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>;

/** The program that is the way to a host; undefined if it is reached directly. */
export function proxyCommand(host: Host, files: Files): Words | undefined {
  const { address, port, jump, proxyCommand, ssh } = host;
  if (proxyCommand !== undefined) return ['/bin/sh', '-c', proxyCommand];
  const config = ssh?.config === undefined ? [] : ['-F', ssh.config];
  return jump && sshThrough(jump.flatMap(unfolded), `[${address}]:${port}`, config, files);
}

/** For people: the jump hosts in order. */
export function wayInWords(jump: readonly Hop[]): string {
  return jump
    .flatMap(unfolded)
    .map((hop) => (typeof hop === 'string' ? hop : hop.name))
    .join(', ');
}

/** With the hops that lead to it. */
export function unfolded(hop: Hop): Hop[] {
  return typeof hop === 'string' ? [hop] : [...(hop.jump ?? []).flatMap(unfolded), hop];
}

/** `ssh -W` through the hops; what OpenSSH knows of them, keys and all, stays its matter. */
function sshThrough(hops: readonly Hop[], to: string, config: readonly string[], files: Files): Words {
  const last = hops.at(-1) ?? '';
  const before = hops.slice(0, -1);
  const own = typeof last === 'string' ? undefined : last.proxyCommand;
  const proxy = before.length > 0 ? nested(before, config, files) : own?.replaceAll('%', '%%');
  return [
    'ssh',
    ...config,
    ...['-o', 'BatchMode=yes'],
    ...(proxy === undefined ? [] : ['-o', `ProxyCommand=${proxy}`]),
    ...(typeof last === 'string' ? [] : connectionSettings(last, files)),
    ...['-W', to, '--'],
    typeof last === 'string' ? asUrl(last) : (last.ssh?.destination ?? last.address),
  ];
}

/** ssh replaces the tokens of a ProxyCommand once, so those of the ones inside it are doubled. */
function nested(hops: readonly Hop[], config: readonly string[], files: Files): string {
  const line = shellLine(sshThrough(hops, HERE, config, files));
  return line.replaceAll('%', '%%').replace(HERE, "'[%h]:%p'");
}

const HERE = 'trueup-next-hop';

/** What the inventory says of a jump host, in the words of ssh. */
function connectionSettings(host: Host, { knownHostsFiles, acceptInto }: Files): string[] {
  const { port, user, identityFile, hostKeys, ssh } = host;
  const own = new Set([acceptInto, ...(ssh?.knownHostsFiles ?? knownHostsFiles)]);
  const files = [...own].map((file) => `"${file.replaceAll('%', '%%')}"`).join(' ');
  const key = identityFile === undefined ? [] : ['-i', identityFile, '-o', 'IdentitiesOnly=yes'];
  const isNew = hostKeys === 'accept-new' ? ['-o', 'StrictHostKeyChecking=accept-new'] : [];
  const known = ['-o', `UserKnownHostsFile=${files}`];
  return ['-l', user, '-p', `${port}`, ...key, ...known, ...isNew, ...legacyOptions(host)];
}

const KEYWORDS: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  keyExchange: ['KexAlgorithms'],
  // Since 8.5 the second one is called PubkeyAcceptedAlgorithms, and both names count.
  hostKey: ['HostKeyAlgorithms', 'PubkeyAcceptedKeyTypes'],
  cipher: ['Ciphers'],
  mac: ['MACs'],
};

function legacyOptions({ legacyAlgorithms: allowed = [] }: Host): string[] {
  return Object.entries(KEYWORDS).flatMap(([kind, keywords]) => {
    const names = legacyAlgorithms[kind as AlgorithmKind].filter((name) => allowed.includes(name));
    return names.length === 0 ? [] : keywords.flatMap((keyword) => ['-o', `${keyword}=+${names.join(',')}`]);
  });
}

/** ssh takes a port in a URL only. */
function asUrl(hop: string): string {
  return /:\d+$/.test(hop) && !hop.startsWith('ssh://') ? `ssh://${hop}` : hop;
}

/** What ssh says of a connection that was dropped before any login. */
const DROPPED =
  /^(kex_exchange_identification: |banner exchange: |Connection (reset|closed) by|.*Broken pipe|Exceeded MaxStartups)/;
/** That, and what it says besides. */
const SAYS_NOTHING = new RegExp(`${DROPPED.source}|^(stdio forwarding failed|Warning: |\\*\\* )`);

/** For ssh, which would open a window where there is no terminal; the second is for those before 8.4. */
const ASKS_NOBODY = { SSH_ASKPASS_REQUIRE: 'never', SSH_ASKPASS: '/bin/false' };

/** A program, such as `ssh -W` or a ProxyCommand, whose stdin and stdout are the way to a host. */
export class ProxySocket extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = '';

  /** It gets a session of its own: no terminal to ask on, and Ctrl-C is ours, who end what runs on the host first. */
  constructor([tool, ...words]: readonly [string, ...string[]]) {
    // Like a net.Socket: once its program has ended, it closes, and who waits for it hears so.
    super({ allowHalfOpen: false });
    const env = { ...process.env, SHELL: '/bin/sh', ...ASKS_NOBODY };
    this.#child = spawn(tool, words, { stdio: 'pipe', detached: true, env });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.on('error', (error) => this.#note(`${tool}: ${error.message}`));
    this.#child.on('close', (code) => {
      if (code && this.#said.trim() === '') this.#note(`it ended with exit code ${code}, and said nothing`);
      this.push(null);
    });
    stdin.on('error', () => {});
    stdout.on('data', (chunk: Buffer) => this.push(chunk) || stdout.pause());
    stderr.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
  }

  /** Why the program has ended, in its own words: the last of them that say more than that it did. */
  get complaint(): string {
    const lines = this.#lines;
    return lines.findLast((line) => !SAYS_NOTHING.test(line)) ?? lines.at(-1) ?? '';
  }

  /** An sshd on the way dropped the connection before any login, as it does while it is busy. */
  get busy(): boolean {
    const lines = this.#lines;
    return lines.some((line) => DROPPED.test(line)) && lines.every((line) => SAYS_NOTHING.test(line));
  }

  get #lines(): string[] {
    return this.#said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  }

  #note(text: string): void {
    this.#said = mask(this.#said + text).slice(-4000);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A program that has ended says why on stderr, and ends stdout: that is the answer, not EPIPE.
    this.#child.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#child.stdin.destroyed) done();
    else this.#child.stdin.end(() => done());
  }

  /** The whole session of it goes: a shell may have started several programs. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // it has ended by itself
    }
    done(error);
  }
}

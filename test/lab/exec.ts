import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** How a command ended. `code` is null where a signal ended it: its deadline, or somebody else. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** What the command reads on stdin; nothing without it. */
  input?: string;
  /** The deadline: after so many seconds the command is killed. Default 60. */
  seconds?: number;
  /** Environment variables beside ours. */
  env?: Record<string, string>;
  /** Sees the output as it comes. */
  onOutput?: (chunk: Buffer) => void;
}

/** Run a command on this machine, without a shell. Rejects only where it cannot be started. */
export function exec(command: readonly string[], options: ExecOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...options.env }, detached: true });
  const deadline = setTimeout(() => killAll(child), (options.seconds ?? 60) * 1000);
  const stdout = collect(child.stdout, options.onOutput);
  const stderr = collect(child.stderr, options.onOutput);
  child.stdin.on('error', () => {}); // it may end before it has read its input
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  }).finally(() => clearTimeout(deadline)) as Promise<Outcome>;
}

/** Run a command that must succeed, and give its stdout; otherwise throw with what it said. */
export async function must(command: readonly string[], options: ExecOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await exec(command, options);
  if (code === 0) return stdout;
  const ending = code === null ? `was killed (deadline ${options.seconds ?? 60} s)` : `failed with ${code}`;
  throw new Error(`${command.join(' ')} ${ending}\n${lastLines(stderr || stdout)}`.trimEnd());
}

/** The end of a long text, for an error message. */
export function lastLines(text: string, count = 20): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** The command and what it has started, all of one process group; and its pipes, should others hold them still. */
function killAll(child: ChildProcessWithoutNullStreams): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // none of the group is left: another group holds the pipes
  }
  child.stdout.destroy();
  child.stderr.destroy();
}

function collect(stream: NodeJS.ReadableStream, onOutput?: (chunk: Buffer) => void): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    onOutput?.(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}

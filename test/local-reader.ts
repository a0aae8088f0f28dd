import { spawn } from 'node:child_process';
import { type Output, ProbeError, type Reader } from '../src/model/index.ts';

/** Runs probes on this very machine, with `sh` read by the shell of a test's choice: for what a script of sh means. */
export function localReader(shell: 'dash' | 'bash', path = '/usr/sbin:/usr/bin:/sbin:/bin'): Reader {
  return {
    async probe([tool, ...args], { expect = [0], stdin = '' } = {}) {
      const output = await run(tool === 'sh' ? `/bin/${shell}` : tool, args, stdin, path);
      if (expect.includes(output.code)) return output;
      throw new ProbeError(`exit ${output.code}: ${output.stderr}`);
    },
    file() {
      throw new Error('a local reader only probes');
    },
  };
}

function run(tool: string, args: readonly string[], stdin: string | Buffer, path: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { env: { PATH: path, LC_ALL: 'C' } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const bytes = Buffer.concat(stdout);
      resolve({ code: code ?? -1, stdout: String(bytes), stderr: String(Buffer.concat(stderr)), bytes });
    });
    // A script may end before it has read anything.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

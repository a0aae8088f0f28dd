import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, must } from '../exec.ts';
import { CACHE } from '../names.ts';
import { contained } from './contained.ts';
import { ROOT_INPUTS, readList } from './inputs.ts';
import { makeRepository } from './repository.ts';
import { buildRpms } from './rpms.ts';

export const SUITE = 'bookworm';
const LEFT_OUT = ['man', 'doc', 'locale', 'info', 'lintian', 'bash-completion'];

/** Runs a command of the build, killed with us, its output in the build's log. */
export type Step = (command: readonly string[], env?: Record<string, string>) => Promise<string>;

/** Build the root of the hosts in an empty folder; returns its path there. */
export async function buildRoot(folder: string, say: (line: string) => void): Promise<string> {
  const started = Date.now();
  const step = stepsLoggedTo(join(CACHE, 'build.log'));
  const path = (name: string) => join(folder, name);
  say('building the root of the hosts, a minute or two: base system');
  await mkdir(path('payload'));
  await debootstrap(step, path('root'), path('payload'));
  say('building the root of the hosts: packages');
  await buildRpms(step, { root: path('root'), payload: path('payload'), rpms: path('repository') });
  const key = await makeRepository(step, path('repository'));
  say('building the root of the hosts: finish');
  await step(['bash', join(ROOT_INPUTS, 'finish.sh'), path('root'), path('repository'), key]);
  say(`built in ${Math.round((Date.now() - started) / 1000)} s`);
  return path('root');
}

async function debootstrap(step: Step, root: string, payload: string): Promise<void> {
  const packages = await readList(join(ROOT_INPUTS, 'packages.txt'));
  const leaveOut = LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const fetch = `--customize-hook=bash ${join(ROOT_INPUTS, 'fetch-payload.sh')} "$1" ${payload}`;
  const options = ['--mode=root', '--variant=minbase', `--include=${packages.join(',')}`, ...leaveOut, fetch];
  await step(['mmdebstrap', ...options, SUITE, root]);
}

/** Steps of a build whose output goes to this file. */
export function stepsLoggedTo(file: string): Step {
  const log = createWriteStream(file);
  return async (command, env = {}) => {
    log.write(`+ ${command.join(' ')}\n`);
    const options = { seconds: 900, env, onOutput: (chunk: Buffer) => log.write(chunk) };
    return must(contained(command), options).catch((error: Error) => {
      throw new Error(`the build of the root failed (all of it: ${file})\n${lastLines(error.message)}`);
    });
  };
}

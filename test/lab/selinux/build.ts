import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE } from '../names.ts';
import { slimRoot } from '../own-kernel/slim-root.ts';
import { QEMU_INPUTS } from '../qemu/kernel.ts';
import { SUITE, stepsLoggedTo } from '../root/build.ts';
import { makeRepository } from '../root/repository.ts';
import { rpmbuild } from '../root/rpms.ts';
import { label } from './label.ts';

export const SELINUX_INPUTS = fileURLToPath(new URL('.', import.meta.url));

/** Build the root of hosts with SELinux in an empty folder, from that of all other hosts; returns its path there. */
export async function buildSelinuxRoot(
  folder: string,
  from: string,
  say: (line: string) => void,
): Promise<string> {
  const started = Date.now();
  const step = stepsLoggedTo(join(CACHE, 'build-selinux.log'));
  const script = (name: string) => join(SELINUX_INPUTS, name);
  const path = (name: string) => join(folder, name);
  say('building the root of hosts with SELinux, half a minute or so');
  await step(['bash', script('fetch-packages.sh'), from, folder, SUITE]);
  await cp(join(from, 'srv/repo'), path('repository'), { recursive: true });
  for (const spec of (await readdir(script('rpm'))).filter((name) => name.endsWith('.spec')))
    await rpmbuild(step, join(script('rpm'), spec), {
      _topdir: path('rpmbuild'),
      _rpmdir: join(path('repository'), 'selinux'),
      payload: path('payload'),
    });
  await makeRepository(step, path('repository'));
  await step(['bash', script('build-root.sh'), from, folder]);
  await step(['bash', join(QEMU_INPUTS, 'build-kernel.sh'), path('root'), path('kernel')]);
  await slimRoot(path('root'));
  await label(path('root'), ['/']);
  say(`built in ${Math.round((Date.now() - started) / 1000)} s`);
  return path('root');
}

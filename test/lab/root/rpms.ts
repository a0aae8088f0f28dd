import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { baseSpec } from './base-spec.ts';
import type { Step } from './build.ts';
import { RPM_INPUTS } from './inputs.ts';

/** What a spec may need to know beside its sources: `rpmbuild --define`. */
export type Defines = Record<string, string>;

interface Places {
  /** The bare Debian root. */
  root: string;
  /** Folder with the unpacked Debian packages, see payload.txt. */
  payload: string;
  /** Where the packages go: `base` for those of the base system, `packages` for all others. */
  rpms: string;
}

/** Build all packages, two at a time as machines have at least two cores. */
export async function buildRpms(step: Step, { root, payload, rpms }: Places): Promise<void> {
  const work = `${rpms}-build`;
  await mkdir(work, { recursive: true });
  const base = join(work, 'base.spec');
  await writeFile(base, await baseSpec(step, root));
  const jobs = [
    { spec: base, to: 'base' },
    { spec: join(RPM_INPUTS, 'centos-stream-release.spec'), to: 'base' },
    {
      spec: join(RPM_INPUTS, 'haproxy.spec'),
      to: 'packages',
      defines: haproxy('4', join(payload, 'haproxy')),
    },
    {
      spec: join(RPM_INPUTS, 'haproxy.spec'),
      to: 'packages',
      defines: haproxy('3', join(payload, 'haproxy-previous')),
    },
    ...(await otherSpecs()).map((spec) => ({ spec, to: 'packages' })),
  ];
  const build = async (job: { spec: string; to: string; defines?: Defines }, index: number) => {
    const defines = {
      _topdir: join(work, `${index}`),
      _rpmdir: join(rpms, job.to),
      debs: payload,
      ...job.defines,
    };
    await rpmbuild(step, job.spec, defines);
  };
  await inPairs(jobs, build);
}

function haproxy(build: string, payload: string): Defines {
  return { build, payload };
}

async function otherSpecs(): Promise<string[]> {
  const named = ['centos-stream-release.spec', 'haproxy.spec'];
  const specs = (await readdir(RPM_INPUTS)).filter((name) => name.endsWith('.spec') && !named.includes(name));
  return specs.map((name) => join(RPM_INPUTS, name));
}

/** Build one package; its sources are in `sources` beside it. */
export async function rpmbuild(step: Step, spec: string, defines: Defines): Promise<void> {
  const all: Defines = {
    _dbpath: `${defines._topdir}/db`,
    _sourcedir: join(dirname(spec), 'sources', basename(spec, '.spec')),
    ...defines,
  };
  const options = Object.entries(all).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  const macros = ['--load', join(RPM_INPUTS, 'macros')];
  await step(['rpmbuild', '-bb', '--quiet', ...macros, ...options, spec], {
    SOURCE_DATE_EPOCH: '1700000000',
  });
}

async function inPairs<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.map((item, index) => ({ item, index }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await work(next.item, next.index);
  };
  await Promise.all([worker(), worker()]);
}

import { type Change, type Output, ProbeError, type Reader, shell } from '../../model/index.ts';
import type { Resolution } from './resolve.ts';

/** One installed package. */
interface Installed {
  readonly name: string;
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

/** What rpm says of one name. */
export interface Answered {
  readonly name: string;
  /** Packages of that name. */
  readonly installed: readonly Installed[];
  /** Where there are none: packages that provide the name, as iptables-nft provides iptables. */
  readonly providers: readonly Installed[];
}

const QUERY = `
export LC_ALL=C
command -v rpm >/dev/null || exit 127
format='%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH}\\n'
for name do
  printf '== name %s\\n' "$name"
  rpm -q --qf "$format" -- "$name" && continue
  printf '== provides\\n'
  rpm -q --whatprovides --qf "$format" -- "$name"
done
exit 0`;

const NOT_THERE =
  /^(package .* is not installed|no package provides .*|error: file .*: No such file or directory|file .* is not owned by any package)$/;

/** Asks rpm about every name in one probe. */
export async function readInstalled(names: readonly string[], host: Reader): Promise<Answered[]> {
  const output = await host.probe(shell(QUERY, ...names), { limit: 60 });
  refuseTrouble(output);
  const sections = output.stdout.split(/^== name /m).slice(1);
  return names.map((name, index) => answerAbout(name, sections[index]));
}

/** rpm calls a package "not installed" even where it cannot open its database: the error tells the two apart. */
function refuseTrouble(output: Output): void {
  const trouble = output.stderr
    .split('\n')
    .find((line) => line.startsWith('error:') && !NOT_THERE.test(line.trim()));
  if (trouble === undefined) return;
  throw new ProbeError(`rpm could not answer: ${trouble}`, {
    advice: 'See on the host what `rpm -qa` says; `rpm --rebuilddb` repairs a damaged database.',
  });
}

function answerAbout(name: string, section: string | undefined): Answered {
  const [own = '', provided = ''] = (section ?? '').split(/^== provides$/m);
  if (section === undefined || !section.startsWith(`${name}\n`)) throw execError(name);
  const installed = packagesIn(name, own.slice(name.length + 1));
  return { name, installed, providers: installed.length > 0 ? [] : packagesIn(name, provided) };
}

function packagesIn(name: string, text: string): Installed[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw execError(name);
  return lines.flatMap((line) => {
    if (NOT_THERE.test(line.trim())) return [];
    const [found, epoch, version, release, arch] = line.split(' ');
    if (!found || !epoch || !version || !release || !arch) throw execError(name);
    return [{ name: found, epoch, version, release, arch }];
  });
}

function execError(name: string): ProbeError {
  return new ProbeError(`rpm gave no answer about ${name}`);
}

/** Is it there, by its name or provided by another, and of that version if one is given? */
export function isPresent({ installed, providers }: Answered, version: string | undefined): boolean {
  const all = [...installed, ...providers];
  return version === undefined ? all.length > 0 : all.some((one) => isVersion(one, version));
}

/** Is this package of that version (`2.6.12`, `2.6.12-4.el9`, either with an epoch and a colon before it)? */
function isVersion({ epoch, version, release }: Installed, wanted: string): boolean {
  const plain = wanted.includes(':') ? wanted : `${epoch}:${wanted}`;
  return plain === `${epoch}:${version}` || plain === `${epoch}:${version}-${release}`;
}

/** Version and release, with the epoch where there is one. */
export function evr({ epoch, version, release }: Installed): string {
  return epoch === '0' ? `${version}-${release}` : `${epoch}:${version}-${release}`;
}

const UNIT = /^(?:\/usr)?\/lib\/systemd\/system\/([^/@]+\.service)$/;

/** A package that comes in another version restarts its running units in its scriptlets, on EL. */
export function restartedBy(resolution: Resolution): Pick<Change, 'restarts'> {
  if (resolution.kind === 'unreadable') return { restarts: 'any' };
  if (resolution.kind !== 'transaction') return {};
  const { items, files } = resolution;
  if (!items.some(({ does }) => ['upgrade', 'downgrade', 'reinstall'].includes(does))) return {};
  if (!files) return { restarts: 'any' };
  const units = files.renewed.map((path) => UNIT.exec(path)?.[1]).filter((unit) => unit !== undefined);
  return units.length > 0 ? { restarts: [...new Set(units)] } : {};
}

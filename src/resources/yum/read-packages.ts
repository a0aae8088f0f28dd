import type { Reader } from '../../model/index.ts';
import { type Answered, isPresent, readInstalled } from './installed.ts';
import type { YumPackageSpec } from './package-spec.ts';
import { type Resolution, resolve, type Verb } from './resolve.ts';

export interface PackageState {
  readonly answers: readonly Answered[];
  /** What dnf was asked for, and would do: only where something may have to be done. */
  readonly asked?: {
    readonly verb: Verb;
    readonly words: readonly string[];
    readonly resolution: Resolution;
  };
}

/** Only where something differs (or may, with `latest`) is there a second look, at what dnf would do. */
export async function readPackages(spec: YumPackageSpec, host: Reader): Promise<PackageState> {
  const answers = await readInstalled(spec.names, host);
  const words = pendingAnswers(spec, answers).map(({ name }) => wordFor(name, spec.version));
  if (words.length === 0) return { answers };
  const verb = spec.state === 'absent' ? 'remove' : 'install';
  const resolution = await resolve(verb, words, host);
  if (resolution.kind !== 'nothing' || spec.version === undefined) {
    return { answers, asked: { verb, words, resolution } };
  }
  // yum 3 installs no older version unless told so.
  return {
    answers,
    asked: { verb: 'downgrade', words, resolution: await resolve('downgrade', words, host) },
  };
}

/** The names that dnf has to be asked about. */
export function pendingAnswers(spec: YumPackageSpec, answers: readonly Answered[]): readonly Answered[] {
  if (spec.state === 'latest') return answers;
  return answers.filter((answer) =>
    spec.state === 'absent' ? answer.installed.length > 0 : !isPresent(answer, spec.version),
  );
}

function wordFor(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name}-${version}`;
}

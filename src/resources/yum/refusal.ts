/** Why dnf or yum would not do what it was asked for. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
  readonly advice?: string;
}

const NOT_FOUND = /^(?:No match for argument: (.+)|No package (.+) available\.?)$/gm;
const NOISE = /^(Last metadata expiration|\(try to add|Loaded plugins:|Operation aborted)/;

/** `repositories` is the output of `repolist`, for a name that none of them has. */
export function explainRefusal(said: string, code: string, repositories: string): Refusal {
  const missing = [...said.matchAll(NOT_FOUND)].map(([, dnf, yum]) => (dnf ?? yum ?? '').trim());
  return missing.length > 0 ? notFound(missing, said, repositories) : otherRefusal(said, code);
}

function notFound(missing: readonly string[], said: string, repositories: string): Refusal {
  const names = [...repositories.matchAll(/^(?!repo id|repolist)(\S+)\s{2,}\S/gm)].map(([, id]) => id);
  const where =
    names.length > 0 ? `the enabled repositories (${names.join(', ')})` : 'any enabled repository';
  const meant = /(?:Maybe you meant|alternatives for .*): (.+)/.exec(said)?.[1];
  const advice =
    meant === undefined
      ? 'Check the name, or add a step before this one that enables its repository.'
      : `Did you mean ${meant}?`;
  return { kind: 'refused', reason: `there is no package ${missing.join(', ')} in ${where}`, advice };
}

function otherRefusal(said: string, code: string): Refusal {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line));
  const first = lines.findIndex((line) => /^(error\b|All matches were)/i.test(line));
  const reason = lines
    .slice(first === -1 ? -3 : first)
    .map((line) => line.trim())
    .join(' ')
    .replace(/^error: /i, '');
  if (code === '200') return { kind: 'refused', reason: `the package manager is busy: ${reason}` };
  const advice = adviceFor(reason);
  const refusal = { kind: 'refused', reason: reason || `exit ${code}, and not a word` } as const;
  return advice === undefined ? refusal : { ...refusal, advice };
}

function adviceFor(reason: string): string | undefined {
  if (/metadata|repomd|mirror|resolve host/i.test(reason)) {
    return 'See on the host what `dnf makecache` says: the repository, or the way to it, is broken, or /tmp is full there.';
  }
  if (/no enabled repositories/i.test(reason)) return 'Add a step before this one that enables a repository.';
  if (/filtered out/.test(reason)) return 'An `exclude`, or a module stream, of the repositories hides it.';
  if (/protected packages/.test(reason)) return 'The host needs it to work: leave it out of `names`.';
  if (/nothing provides|conflict/i.test(reason)) {
    return 'A repository that has what is missing must be enabled first, or the package left out.';
  }
  return undefined;
}

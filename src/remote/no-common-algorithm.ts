import { type AlgorithmKind, legacyAlgorithms } from '../model/index.ts';
import { type Algorithms, needsMac } from './algorithms.ts';

const KINDS: Readonly<Record<AlgorithmKind, string>> = {
  keyExchange: 'key exchange',
  hostKey: 'host key algorithm',
  cipher: 'cipher',
  mac: 'MAC',
};

/** A host that has no algorithm of some kind in common with what it is offered. */
export class NoCommonAlgorithmError extends Error {
  readonly advice: string;

  constructor(ours: Algorithms, theirs: Algorithms, cause: unknown) {
    const missing = missingKinds(ours, theirs);
    const parts = missing.map(
      (kind) => `${KINDS[kind]}: it offers ${listed(theirs[kind])}; trueup offers ${listed(ours[kind])}`,
    );
    super(`has no algorithm in common with trueup. ${parts.join('. ')}`, { cause });
    this.advice = adviceFor(missing, theirs);
  }
}

/** The error behind a negotiation that failed; undefined if something else did. */
export function noCommonAlgorithm(
  ours: Algorithms,
  theirs: Algorithms | undefined,
  error: unknown,
): NoCommonAlgorithmError | undefined {
  if (!(error instanceof Error) || !/no matching/i.test(error.message) || !theirs) return undefined;
  if (missingKinds(ours, theirs).length === 0) return undefined;
  return new NoCommonAlgorithmError(ours, theirs, error);
}

function missingKinds(ours: Algorithms, theirs: Algorithms): AlgorithmKind[] {
  const missing = (kind: AlgorithmKind) => !ours[kind].some((name) => theirs[kind].includes(name));
  const cipher =
    ours.cipher.find((name) => theirs.cipher.includes(name)) ??
    legacyAlgorithms.cipher.find((name) => theirs.cipher.includes(name));
  const kinds: AlgorithmKind[] = ['keyExchange', 'hostKey', 'cipher'];
  return [...kinds, ...(cipher !== undefined && needsMac(cipher) ? ['mac' as const] : [])].filter(missing);
}

function adviceFor(missing: readonly AlgorithmKind[], theirs: Algorithms): string {
  const weak = missing.map((kind) => legacyAlgorithms[kind].find((name) => theirs[kind].includes(name)));
  if (weak.includes(undefined))
    return 'trueup has none of these. Update its sshd, or let its crypto policy allow one that trueup offers.';
  return (
    `Update its sshd. If that cannot be, allow it these weak algorithms in the inventory: ` +
    `legacyAlgorithms: ${weak.join(',')}`
  );
}

/** The server's side may be of any length. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST;
  return names.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const MOST = 16;

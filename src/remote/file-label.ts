import { type FileLabel, mask, ProbeError, relabelling } from '../model/index.ts';
import type { FileRecords } from './file-records.ts';

/** The label of a path by stat(1) and restorecon(8); throws a ProbeError where the policy's one cannot be determined. */
export function fileLabel(
  path: string,
  context: string,
  { realPaths, relabels }: FileRecords,
): FileLabel | undefined {
  if (!relabels || context === '?') return undefined;
  if (relabels.code !== 0) throw execError(path, relabels.code, relabels.said);
  return relabelling(realPaths.get(path) ?? path, relabels.said) ?? { context };
}

function execError(path: string, code: number, said: string): ProbeError {
  const reason = mask(said).trim().split('\n').at(-1) || `restorecon exit ${code}`;
  const missing = code === 127 ? 'restorecon' : undefined;
  return new ProbeError(`cannot determine the SELinux label of ${path}: ${reason}`, {
    missing,
    advice: missing
      ? "Install the package policycoreutils: yumPackage({ names: ['policycoreutils'] }) before this step."
      : 'See what `restorecon -nv` says on the host.',
  });
}

import { type Failure, mask } from '../model/index.ts';
import { denialText } from './denial.ts';
import { denialAdvice } from './denial-advice.ts';
import type { ExplainedDenial } from './explained-denial.ts';

const SHOWN = 5;
/** A line of the audit log can be as long as a path. */
const LONGEST = 500;

/** The failure with what SELinux has refused meanwhile: each in words and as it was logged, and what would allow it. */
export function addDenials(failure: Failure, denials: readonly ExplainedDenial[]): Failure {
  if (denials.length === 0) return failure;
  const shown = denials.slice(0, SHOWN);
  const known = failure.lines ?? [];
  const lines = shown.flatMap(({ denial }) => [mask(denialText(denial)), mask(denial.raw).slice(0, LONGEST)]);
  const more = denials.length - shown.length;
  const advice = [...new Set(shown.map(({ denial, booleans }) => denialAdvice(denial, booleans)))].filter(
    (one) => one !== undefined,
  );
  return {
    ...failure,
    lines: [
      ...known,
      ...lines.filter((line) => !known.includes(line)),
      ...(more > 0 ? [`SELinux denied ${more} more`] : []),
    ],
    advice: joined(failure.advice, advice),
  };
}

function joined(own: string | undefined, advice: readonly string[]): string | undefined {
  if (advice.length === 0) return own;
  const selinux = mask(`SELinux: ${advice.join('; ')}.`);
  return own === undefined ? selinux : `${own.replace(/\.?$/, '.')} ${selinux}`;
}

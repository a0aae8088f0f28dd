import { type FileLabel, type PredictedEffects, typeOf } from '../../model/index.ts';

/** How an SELinux label differs from the policy, or from the `context` of the step; undefined where it does not. */
export function labelDifference(
  { path, context }: { readonly path: string; readonly context?: string | undefined },
  label: FileLabel | undefined,
  effects: PredictedEffects,
): string | undefined {
  if (!label) return undefined;
  const rule = context === undefined ? effects.label(path) : undefined;
  if (rule?.restored) return undefined;
  if (rule && rule.type === undefined) return `${typeOf(label.context)} → as ${rule.step} says`;
  const wanted = context ?? rule?.type ?? label.expected;
  if (wanted === undefined || has(label.context, wanted)) return undefined;
  return difference(label.context, wanted) + (rule ? `, once ${rule.step} has set it` : '');
}

function has(context: string, wanted: string): boolean {
  return wanted === (wanted.includes(':') ? context : typeOf(context));
}

/** The types say it all, unless they are the same. */
function difference(from: string, to: string): string {
  const types = [typeOf(from), typeOf(to)] as const;
  return types[0] === types[1] ? `${from} → ${to}` : types.join(' → ');
}

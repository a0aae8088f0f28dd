import { type Action, type Change, type FileLabel, type Foretold, typeOf } from '../../model/index.ts';

/**
 * The change of an SELinux label that differs from the policy, or from the `context` of the step; without an action of
 * its own where the path is written anew, as it gets its label then.
 */
export function labelChanges(
  { path, context }: { readonly path: string; readonly context?: string | undefined },
  label: FileLabel | undefined,
  { written, foretold }: { readonly written: boolean; readonly foretold: Foretold },
): Change[] {
  if (!label) return [];
  const actions: Action[] = written ? [] : [{ exec: relabel(path, context) }];
  const change = (words: string) => [{ aspect: 'label', summary: `label ${words}`, actions }];
  const rule = context === undefined ? foretold.label(path) : undefined;
  if (rule?.restored) return [];
  if (rule && rule.type === undefined) return change(`${typeOf(label.context)} → as ${rule.step} says`);
  const wanted = context ?? rule?.type ?? label.expected;
  if (wanted === undefined || has(label.context, wanted)) return [];
  return change(difference(label.context, wanted) + (rule ? `, once ${rule.step} has set it` : ''));
}

function has(context: string, wanted: string): boolean {
  return wanted === (wanted.includes(':') ? context : typeOf(context));
}

function relabel(path: string, context: string | undefined): [string, ...string[]] {
  if (context === undefined) return ['restorecon', '--', path];
  return context.includes(':')
    ? ['chcon', '-h', '--', context, path]
    : ['chcon', '-h', '-t', context, '--', path];
}

/** The types say it all, unless they are the same. */
function difference(from: string, to: string): string {
  const types = [typeOf(from), typeOf(to)] as const;
  return types[0] === types[1] ? `${from} → ${to}` : types.join(' → ');
}

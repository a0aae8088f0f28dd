import { didYouMean } from '../../model/index.ts';

const OUTPUT = /<%[=-]\s*([A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*)\s*[-_]?%>/g;

/** Says which name of a template's line is undefined, if the reason of an error is such a name. */
export function undefinedName(line: string, reason: string, data: object): string | undefined {
  const variable = /^(\w+) is not defined$/.exec(reason)?.[1];
  if (variable !== undefined)
    return `\`${variable}\` is not defined${didYouMean(variable, Object.keys(data))}`;
  if (!reason.startsWith('the value is undefined')) return undefined;
  const paths = [...line.matchAll(OUTPUT)].flatMap(([, path]) => (path === undefined ? [] : [path]));
  for (const path of paths) {
    const hint = missingStep(path, data);
    if (hint !== undefined) return `\`${path}\` is undefined${hint}`;
  }
  return paths.length === 1 ? `\`${paths[0]}\` is undefined` : undefined;
}

/** The first step of a path that its object does not have; undefined if the path begins at a local variable. */
function missingStep(path: string, data: object): string | undefined {
  let value: unknown = data;
  for (const [index, name] of path.split(/\??\./).entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Object.hasOwn(value, name)) return index === 0 ? undefined : didYouMean(name, Object.keys(value));
    value = Reflect.get(value, name);
  }
  return value === undefined ? '' : undefined;
}

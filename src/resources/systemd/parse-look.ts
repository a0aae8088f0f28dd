import type { LoadRecord, WatchedFile } from './unit-state.ts';

/** The sections that the look prints, each in its form. */
export interface Seen {
  property(name: string): string;
  readonly record: LoadRecord | undefined;
  readonly files: ReadonlyMap<string, WatchedFile>;
  readonly unitFiles: readonly string[];
  readonly units: readonly string[];
}

/** Undefined if a section, or what systemd always says, is not there. */
export function parseLook(text: string): Seen | undefined {
  const [head, record, files, unitFiles, units] = text.split(/^== \w+\n/m);
  if (units === undefined) return undefined;
  const properties = propertiesIn(head ?? '');
  const property = (name: string) => properties.get(name) ?? '';
  if (['Id', 'LoadState', 'ActiveState', 'now', 'uptime'].some((name) => property(name) === ''))
    return undefined;
  return {
    property,
    record: recordIn(record ?? ''),
    files: filesIn(files ?? ''),
    unitFiles: linesIn(unitFiles ?? ''),
    units: linesIn(units),
  };
}

function propertiesIn(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function recordIn(text: string): LoadRecord | undefined {
  const process = /^process (.+)$/m.exec(text)?.[1];
  if (process === undefined) return undefined;
  const sums = [...text.matchAll(/^([0-9a-f]{64}@[\d.]+|missing|other) (.+)$/gm)];
  return { process, sums: new Map(sums.map(([, sum = '', path = '']) => [path, sum])) };
}

/** A symlink counts as changed when it or its target has. */
function filesIn(text: string): Map<string, WatchedFile> {
  const lines = [...text.matchAll(/^([0-9a-f]{64}@[\d.]+|missing|other) (\S+) (\S+) (.+)$/gm)];
  return new Map(
    lines.map(([, sum = '', target = '', own = '', path = '']) => {
      const changed = Math.max(Number(target), Number(own));
      return [path, { sum, changed: changed > 0 ? changed : undefined }];
    }),
  );
}

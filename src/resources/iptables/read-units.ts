import { ProbeError, type Reader } from '../../model/index.ts';

/** What `systemctl show` says of a unit. */
export type UnitState = Readonly<Record<string, string>>;

const PROPERTIES = ['Id', 'LoadState', 'UnitFileState', 'ActiveState'].flatMap((name) => ['-p', name]);

/** How the units stand, in the order of their names (with their suffix). */
export async function readUnits<const Names extends readonly string[]>(
  names: Names,
  host: Reader,
): Promise<{ readonly [At in keyof Names]: UnitState }> {
  const { stdout } = await host.probe(['systemctl', 'show', ...PROPERTIES, ...names]);
  const units = stdout.split(/\n\n+/).map((block) => Object.fromEntries(block.split('\n').map(property)));
  const named = (name: string): UnitState => {
    const unit = units.find(({ Id }) => Id === name);
    if (!unit) throw new ProbeError(`systemctl said nothing of ${name}`);
    return unit;
  };
  return names.map(named) as { readonly [At in keyof Names]: UnitState };
}

/** Neither at work nor about to be. */
export function isStopped({ ActiveState = '' }: UnitState): boolean {
  return ['inactive', 'failed'].includes(ActiveState);
}

function property(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

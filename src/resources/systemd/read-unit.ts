import { ProbeError, type Reader, shell } from '../../model/index.ts';
import { LOOK } from './look-script.ts';
import { parseLook, type Seen } from './parse-look.ts';
import { startOf } from './start-of.ts';
import { isLoaded, loadedFiles } from './unit-files.ts';
import type { UnitState } from './unit-state.ts';

/** One probe for everything that systemd knows of the unit, and for the files that it reads. */
export async function readUnit(unit: string, files: readonly string[], host: Reader): Promise<UnitState> {
  const { stdout } = await host.probe(shell(LOOK, unit, ...files));
  const seen = parseLook(stdout);
  if (!seen) throw new ProbeError(`systemctl gave no whole answer about ${unit}`);
  const unanswered = files.find((file) => !seen.files.has(file));
  if (unanswered !== undefined) throw new ProbeError(`there is no answer about ${unanswered}`);
  return stateOf(seen);
}

/** What `systemctl is-enabled` prints where it finds no unit file. */
const NO_UNIT_FILE = /: No such file or directory$/;

/** A refusal ("Access denied") is not "disabled": it tells nothing. What is not loaded is not enabled either way. */
function enablementOf(property: Seen['property'], load: string): string {
  const said = property('enablement');
  if (/^[a-z-]+$/.test(said)) return said;
  const isKnown = NO_UNIT_FILE.test(said) || !['loaded', 'masked'].includes(load);
  if (isKnown) return '';
  throw new ProbeError(`systemctl is-enabled ${property('Id')}: ${said || 'no output'}`, {
    advice:
      'See on the host what this command prints; where SELinux refuses it, so does /var/log/audit/audit.log.',
  });
}

function stateOf({ property, record, files, unitFiles, units }: Seen): UnitState {
  const load = loadOf(property);
  const loaded = loadedFiles(property);
  const stale = load === 'loaded' && !isLoaded(unitFiles, loaded);
  return {
    id: property('Id'),
    load,
    loadError: property('LoadError').replace(/^\S+ "?(.*?)"?$/, '$1'),
    active: property('ActiveState'),
    enablement: enablementOf(property, load),
    passing: property('Type') === 'oneshot' && property('RemainAfterExit') === 'no',
    canReload: property('CanReload') === 'yes',
    needsDaemonReload: stale || property('NeedDaemonReload') === 'yes',
    unitFiles: loaded,
    ...startOf(property),
    record,
    files,
    units,
  };
}

/** After its package was removed, systemd remembers a unit until it is told to look again. */
function loadOf(property: Seen['property']): string {
  const gone = property('gone') === 'yes' && ['inactive', 'failed'].includes(property('ActiveState'));
  return gone ? 'not-found' : property('LoadState');
}

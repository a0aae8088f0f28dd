import { basename } from 'node:path';
import { ABSENT, LISTABLE, ProbeError, type Reader, shell } from '../../model/index.ts';
import type { LoadRecord, UnitState, WatchedFile } from './unit.ts';

const PROPERTIES = [
  'Id',
  'LoadState',
  'LoadError',
  'ActiveState',
  'MainPID',
  'Type',
  'RemainAfterExit',
  'CanReload',
  'NeedDaemonReload',
  'FragmentPath',
  'DropInPaths',
  'InactiveExitTimestampMonotonic',
];

/**
 * $1 is the unit, the rest are files. A unit on its way to another state is waited for, a few seconds long.
 * The clock is read before the uptime: so the start that follows from both is never later than the true one.
 * systemd's own NeedDaemonReload does not see a new drop-in folder, nor a unit file that takes precedence over the
 * loaded one: so the unit's files on the disk are listed too. Nor does it see that a package was removed, or a unit
 * disabled, without a daemon-reload: so the disk is asked for both. What the host refuses to show ends the look: read as
 * "missing", "no record" or "disabled" it would be acted upon.
 */
const LOOK = `
export LC_ALL=C
${ABSENT}
${LISTABLE}
unit=$1
shift
look() { systemctl show ${PROPERTIES.map((name) => `-p ${name}`).join(' ')} -- "$unit"; }
tries=0
while :; do
  seen=$(look) || exit
  case $seen in
  *ActiveState=activating* | *ActiveState=deactivating* | *ActiveState=reloading* | *ActiveState=refreshing*) ;;
  *) break ;;
  esac
  [ "$tries" -lt 25 ] || break
  tries=$((tries + 1))
  sleep 0.2
done
value() { printf '%s\\n' "$seen" | sed -n "s/^$1=//p"; }
id=$(value Id)
printf '%s\\n' "$seen"
echo "enablement=$(systemctl is-enabled -- "$id" 2>&1 | tail -n 1)"
fragment=$(value FragmentPath)
[ -z "$fragment" ] || [ -e "$fragment" ] || ! absent "$fragment" || echo 'gone=yes'
echo "now=$(date +%s.%N)"
read -r uptime rest </proc/uptime
echo "uptime=$uptime"
pid=$(value MainPID)
if [ "\${pid:-0}" != 0 ]; then
  if stat=$(cat "/proc/$pid/stat" 2>&1); then echo "ticks=$(echo "\${stat##*) }" | cut -d ' ' -f 20)"
  else case $stat in *': No such file or directory' | *': No such process') ;; *) echo "$stat" >&2; exit 2 ;; esac
  fi
fi
echo '== record'
record=/run/trueup/loaded/$id
if [ -e "$record" ]; then cat -- "$record" || exit 2
else absent "$record"
fi
echo '== files'
for file do
  if [ -f "$file" ]; then
    sum=$(sha256sum <"$file") || exit 2
    echo "\${sum%% *}@$(stat -L -c %.9Y -- "$file") $(stat -L -c %.9Z -- "$file") $(stat -c %.9Z -- "$file") $file"
  elif [ -e "$file" ] || ! absent "$file"; then
    echo "other 0 0 $file"
  else
    echo "missing 0 0 $file"
  fi
done
echo '== unitfiles'
case $id in *@*) names="$id \${id%%@*}@.\${id##*.}" ;; *) names=$id ;; esac
[ ! -f "/etc/systemd/system/$id" ] || [ -L "/etc/systemd/system/$id" ] || echo "/etc/systemd/system/$id"
for name in $names; do
  for folder in /etc /run /usr/lib; do
    listable "$folder/systemd/system"
    [ ! -d "$folder/systemd/system/$name.d" ] || listable "$folder/systemd/system/$name.d"
    for file in "$folder/systemd/system/$name.d"/*.conf; do
      [ ! -f "$file" ] || [ ! -s "$file" ] || echo "$file"
    done
  done
done
echo '== units'
[ -n "$fragment" ] && [ -e "$fragment" ] || systemctl list-unit-files --no-legend --no-pager | cut -d ' ' -f 1
exit 0`;

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

/** The unit's file and drop-ins as systemd has loaded them. It says /lib where that is a link to /usr/lib. */
function loadedFiles(property: (name: string) => string): string[] {
  return [property('FragmentPath'), ...property('DropInPaths').split(' ')]
    .filter((path) => path !== '')
    .map((path) => path.replace(/^\/lib\//, '/usr/lib/'));
}

/** Has systemd loaded what lies on the disk? Of drop-ins with the same name only the first counts. */
function isLoaded(onDisk: readonly string[], loaded: readonly string[]): boolean {
  const first = new Map<string, string>();
  for (const path of onDisk) {
    const name = basename(path);
    if (!first.has(name)) first.set(name, path);
  }
  return [...first.values()].every((path) => loaded.includes(path));
}

/** Linux shows /proc/PID/stat in hundredths of a second, on all the machines that EL runs on. */
const TICKS = 100;

/**
 * Which run of the unit this is, and the earliest time at which it can have begun. Without a main process (a
 * oneshot that stays, a target) systemd's own time stamp of the start stands for it.
 */
function startOf(property: (name: string) => string): {
  process: string;
  started: number | undefined;
} {
  const ticks = property('ticks');
  const monotonic = property('InactiveExitTimestampMonotonic');
  const booted = Number(property('now')) - (Number(property('uptime')) + 1 / TICKS);
  if (ticks !== '') {
    return { process: `${property('MainPID')} ${ticks}`, started: booted + Number(ticks) / TICKS };
  }
  const known = monotonic !== '' && monotonic !== '0';
  return { process: `since ${monotonic}`, started: known ? booted + Number(monotonic) / 1e6 : undefined };
}

/** The sections that the look prints, each in its form. */
interface Seen {
  property(name: string): string;
  readonly record: LoadRecord | undefined;
  readonly files: ReadonlyMap<string, WatchedFile>;
  readonly unitFiles: readonly string[];
  readonly units: readonly string[];
}

/** Undefined if a section, or what systemd always says, is not there. */
function parseLook(text: string): Seen | undefined {
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

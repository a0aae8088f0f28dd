import { defineResource } from '../model/index.ts';
import { decideService } from './systemd/decide.ts';
import { readUnit } from './systemd/read-unit.ts';
import { systemdServiceSpec } from './systemd/unit.ts';

/**
 * Ensures that a systemd unit is enabled or not, runs or not, and has read its files as they are now.
 *
 * A reload or restart cannot be lost: it does not hang on a step having changed the file in this very run. After
 * each verified start, restart and reload, /run/trueup/loaded/UNIT on the host keeps the main process, and the
 * sha256 and time of writing of the files of `reloadOn` and `restartOn`, taken before it. If they do not match, or,
 * without such a record, if a file changed after the process began, the unit is reloaded or restarted: also when the
 * last run failed halfway, or somebody edited the file. The unit's own files are part of it: where they have changed,
 * systemd is told to load them first (which restarts nothing: list a drop-in under `restartOn`).
 *
 * Fields: `name` (required), `enabled`, `running` (left out: as it is), `reloadOn`, `restartOn` (absolute paths),
 * `failureWords` (what its journal says of a reload that failed although systemctl thinks otherwise).
 * A masked unit is unmasked if it shall be enabled or run. With `running: false`, or not running and `running` left
 * out, there is nothing to reload. A unit that does not exist is neither enabled nor running.
 *
 * It is blocked where the unit does not exist and no earlier step brings it, cannot be enabled (it has no [Install]
 * section), or cannot stay running (a oneshot). It fails, with the unit's last journal lines, if the start, restart or
 * reload fails or the unit does not stay up, or, on a host that enforces SELinux, if that refuses the unit a port or one of
 * the files within a second.
 *
 * See systemctl(1), systemd.unit(5), systemd.service(5).
 *
 * @example
 * systemdService({ name: 'haproxy', enabled: true, running: true, reloadOn: ['/etc/haproxy/haproxy.cfg'] })
 */
export const systemdService = defineResource({
  kind: 'systemdService',
  schema: systemdServiceSpec,
  name: ({ name }) => name.replace(/\.service$/, ''),
  manages: ({ name }) => [`service:${name}`],
  read: ({ name, reloadOn, restartOn }, host) => readUnit(name, [...reloadOn, ...restartOn], host),
  diff: decideService,
  effects: ({ name, running }) => (running ? { runs: [name] } : {}),
});

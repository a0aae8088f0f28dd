/** Linux shows /proc/PID/stat in hundredths of a second, on all the machines that EL runs on. */
const TICKS = 100;

/**
 * Which run of the unit this is, and the earliest time at which it can have begun. Without a main process (a
 * oneshot that stays, a target) systemd's own time stamp of the start stands for it.
 */
export function startOf(property: (name: string) => string): {
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

import { enterCommand, initOf } from '../container.ts';
import { type Fault, SECONDS } from './fault.ts';
import { helperRuns, startHelper, stopHelper } from './helper.ts';

/** rpm's lock is one of fcntl(2), which flock(1) does not touch. */
const HOLD = `import fcntl, sys, time
lock = open('/var/lib/rpm/.rpm.lock', 'a')
fcntl.lockf(lock, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdout.close(); sys.stderr.close()
time.sleep(float(sys.argv[1] or 1e6))`;

export const rpmlock: Fault = {
  takes: SECONDS,
  inside: true,
  does: 'another process holds the lock of the rpm database, for so long',
  async cause({ host }, seconds) {
    const init = await initOf(host);
    if (init === undefined) throw new Error(`${host.name} does not run`);
    const orphan = ['sh', '-c', 'python3 -c "$@" &', 'sh']; // so that the host's init takes note of its end
    await startHelper(host, 'rpmlock', [...enterCommand(init), ...orphan, HOLD, seconds]);
  },
  mend: ({ host }) => stopHelper(host, 'rpmlock'),
  isOn: ({ host }) => helperRuns(host, 'rpmlock'),
};

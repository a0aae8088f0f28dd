import { Semaphore } from './semaphore.ts';

/** How many connect through one sshd at a time: it would drop some of more. */
const AT_A_TIME = 8;

const doors = new Map<string, Semaphore>();

/**
 * Waits its turn at the sshd of this name. One that drops connections while too many are not yet logged in
 * (MaxStartups) is given half as many at a time from then on.
 */
export function throttleLogin<T>(
  name: string,
  isBusy: (error: unknown) => boolean,
  task: () => Promise<T>,
): Promise<T> {
  const door = doors.get(name) ?? new Semaphore(AT_A_TIME);
  doors.set(name, door);
  return door.use(() =>
    task().catch((error) => {
      if (isBusy(error)) door.limit(Math.ceil(door.busy / 2));
      throw error;
    }),
  );
}

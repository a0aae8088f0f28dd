import { expect, test } from 'vitest';
import { mountPoints } from './mounts.ts';

test('mount points in the order of mounting, escapes undone', () => {
  const mountinfo = `22 1 254:0 / / rw - ext4 /dev/vda rw
30 22 0:26 / /var/lib/lab/root rw,relatime shared:1 - overlay lb-01-61 rw
31 30 0:27 / /mnt/a\\040b rw - tmpfs tmpfs rw
`;
  expect(mountPoints(mountinfo)).toEqual(['/', '/var/lib/lab/root', '/mnt/a b']);
});

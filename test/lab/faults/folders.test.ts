import { expect, test } from 'vitest';
import { isFull, isReadOnly, parseMounts } from './folders.ts';

const MOUNTINFO = `4750 4715 0:250 / / rw,relatime shared:1186 - overlay lb-01-75 rw,lowerdir=/a
4757 4756 0:300 /host /run/host ro,nosuid,nodev,noexec shared:1268 - tmpfs tmpfs rw,mode=755
4768 4764 0:307 /sys /proc/sys ro,nosuid shared:1277 - proc proc rw
4752 4750 0:295 / /sys ro,nosuid,nodev,noexec,relatime shared:1263 - tmpfs tmpfs rw,size=4096k
5001 4750 0:250 /etc/haproxy /etc/haproxy ro,relatime shared:1186 - overlay lb-01-75 rw,lowerdir=/a
5002 4750 0:250 /srv /srv rw,relatime shared:1186 - overlay lb-01-75 rw,lowerdir=/a
5003 4750 0:318 / /etc/nginx rw,relatime shared:1290 - tmpfs lab-diskfull rw,size=68k
`;

test('tells our mounts from those that a host has anyway', () => {
  const mounts = parseMounts(MOUNTINFO);
  expect(mounts.filter(isReadOnly).map(({ point }) => point)).toEqual(['/etc/haproxy']);
  expect(mounts.filter(isFull).map(({ point }) => point)).toEqual(['/etc/nginx']);
});

test('a host that is off has no mounts', () => {
  expect(parseMounts('').filter((mount) => isFull(mount) || isReadOnly(mount))).toEqual([]);
});

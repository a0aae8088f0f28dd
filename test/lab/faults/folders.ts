import { readFile } from 'node:fs/promises';
import { initOf } from '../container.ts';
import { runInside } from '../machine.ts';
import type { Host } from '../names.ts';
import { type Fault, FOLDER, type Target } from './fault.ts';

/** Where the source of a mount tells that it is ours. */
const FULL = 'lab-diskfull';

/** What is there stays, then the rest is filled to the last page. */
const FILL = `
aside=/tmp
[ "$F" != /tmp ] || aside=/run
own=$(stat -c mode=%a,uid=%u,gid=%g "$F") && size=$(du -sk "$F" | cut -f 1) && kept=$(mktemp -d -p $aside) || exit
cp -a "$F/." "$kept" &&
mount -t tmpfs -o "$own,size=$((size + 64))k" ${FULL} "$F" &&
cp -a "$kept/." "$F"
code=$?
rm -rf "$kept"
[ $code = 0 ] || exit $code
dd if=/dev/zero of="$F/.lab-diskfull" bs=4k status=none 2>/dev/null
exit 0`;

export const diskfull: Fault = {
  takes: FOLDER,
  inside: true,
  does: 'the folder is on a disk with no room left; taken back, it is as it was before',
  cause: (target, folder) => remount(target, folder, FILL),
  ...mending(isFull),
};

const PROTECT = `
mount --bind "$F" "$F" && mount -o remount,bind,ro "$F"`;

export const readonly: Fault = {
  takes: FOLDER,
  inside: true,
  does: 'the folder is on a file system that is mounted read-only',
  cause: (target, folder) => remount(target, folder, PROTECT),
  ...mending(isReadOnly),
};

/** Links and dots may lead to the root, which nothing can be laid over. */
const FIND = `
F=$(cd "$F" 2>/dev/null && pwd -P) || { echo 'there is no such folder' >&2; exit 1; }
[ "$F" != / ] || { echo 'not the root folder' >&2; exit 1; }`;

async function remount({ host }: Target, folder: string, script: string): Promise<void> {
  const { code, stderr } = await runInside(host, `F='${folder}'${FIND}${script}`);
  if (code !== 0) throw new Error(`${host.name}: ${folder}: ${stderr.trim()}`);
}

/** A mount as mountinfo shows it, see proc(5). */
export interface Mount {
  readonly root: string;
  readonly point: string;
  readonly options: string;
  readonly type: string;
  readonly source: string;
}

export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const [, , , root = '', point = '', options = ''] = left.split(' ');
      const [type = '', source = ''] = right.split(' ');
      return { root, point, options, type, source };
    });
}

export function isFull({ source }: Mount): boolean {
  return source === FULL;
}

/** A folder laid over itself; what the system shields so is of another type. */
export function isReadOnly({ root, point, options, type }: Mount): boolean {
  const own = root !== '/' && point.endsWith(root) && !point.startsWith('/run/host');
  return own && /^(overlay|tmpfs)$/.test(type) && options.split(',').includes('ro');
}

function mending(ours: (mount: Mount) => boolean): Pick<Fault, 'mend' | 'isOn'> {
  return {
    async mend({ host }) {
      for (const { point } of (await mountsOf(host)).filter(ours).reverse()) {
        await runInside(host, `umount '${point}' 2>/dev/null || umount --lazy '${point}'`);
      }
    },
    isOn: async ({ host }) => (await mountsOf(host)).some(ours),
  };
}

/** A host that is off has none. */
async function mountsOf(host: Host): Promise<Mount[]> {
  const init = await initOf(host);
  return parseMounts(await readFile(`/proc/${init}/mountinfo`, 'utf8').catch(() => ''));
}

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import type { Remote } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { exec } from '../lab/exec.ts';
import { until } from '../lab/until.ts';
import { performAll, RACES } from '../staging/race-cases.ts';
import { inside, lab, site, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';

useSite(['lb-01']);

/** `openssl passwd -6 -salt abcdefgh geheim` */
const HASH =
  '$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/';
const LAB_KEY = '/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial';
const HOME = '/home/joe';

const playbook = (steps: string) => `import {
  authorizedKey, definePlaybook, file, group, hostname, secret, symlink, user, yumPackage, yumRepository,
} from 'trueup';
void [authorizedKey, file, group, hostname, secret, symlink, user, yumPackage, yumRepository];
export default definePlaybook({ name: 'More', hosts: 'lb-01', steps: () => [${steps}] });
`;

beforeAll(async () => {
  await inside('lb-01', 'mv /etc/yum.repos.d/centos.repo /root/ && rpm -e gpg-pubkey');
  await mkdir(join(site().root, 'files'));
  await site().write('files/lab.asc', `${await inside('lb-01', `cat ${LAB_KEY}`)}\n`);
  await site().write('.env', `JOE='${HASH}'\n`);
  const key = join(site().root, 'joe');
  await exec(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'joe@laptop', '-f', key], { seconds: 20 });
  const line = (await readFile(`${key}.pub`, 'utf8')).trim();
  await site().write('playbooks/more.ts', playbook(present(line)));
  await site().write('playbooks/less.ts', playbook(absent(line)));
});

const present = (key: string) => `
  yumRepository({ id: 'extra', name: 'Extra', baseurl: 'file:///srv/repo', gpgkey: 'files/lab.asc' }),
  yumPackage({ names: ['keepalived'] }),
  hostname({ name: 'more.example.test' }),
  group({ name: 'ops', gid: 2000 }),
  user({ name: 'joe', groups: ['ops'], shell: '/bin/bash', password: secret('JOE') }),
  authorizedKey({ user: 'joe', key: '${key}' }),
  file({ path: '/srv/notes', owner: 'joe', group: 'ops', content: 'of joe\\n' }),
  symlink({ path: '/srv/current', target: 'notes' }),
`;

const absent = (key: string) => `
  authorizedKey({ user: 'joe', key: '${key}', state: 'absent' }),
  user({ name: 'joe', state: 'absent' }),
  group({ name: 'ops', state: 'absent' }),
  yumRepository({ id: 'extra', state: 'absent' }),
`;

const plan = () => site().json('plan', 'playbooks/more.ts');
const apply = (name: string) => site().json('apply', `playbooks/${name}.ts`, '--yes');
const ALL = [
  'yumRepository extra',
  'yumPackage keepalived',
  'hostname more.example.test',
  'group ops',
  'user joe',
  'authorizedKey joe: joe@laptop',
  'file /srv/notes',
  'symlink /srv/current',
].map((step) => `lb-01: ${step}`);

it('plans a bare host: the package waits for its repository, what belongs to joe for joe', async () => {
  const planned = await plan();
  expect(troubles(planned)).toEqual([]);
  expect(stepsWith(planned, 'unknown')).toEqual(['lb-01: yumPackage keepalived']);
  expect(stepsWith(planned, 'pending')).toEqual(ALL.filter((step) => !step.includes('yumPackage')));
});

it('applies, shows no hash anywhere, and has nothing to do the second time', async () => {
  const { code, stdout, stderr } = await site().run('apply', 'playbooks/more.ts', '--yes', '--diff', '-v');
  expect(code, stdout + stderr).toBe(0);
  expect(stdout + stderr).not.toContain(HASH);
  const second = await apply('more');
  expect(troubles(second)).toEqual([]);
  expect(stepsWith(second, 'ok')).toEqual(ALL);
});

it('did what it said', async () => {
  expect(await inside('lb-01', 'uname -n; cat /etc/hostname')).toBe('more.example.test\nmore.example.test');
  expect(await inside('lb-01', 'id -nG joe; getent shadow joe | cut -d: -f2')).toBe(`joe ops\n${HASH}`);
  expect(await inside('lb-01', `stat -c '%a %U' ${HOME}/.ssh ${HOME}/.ssh/authorized_keys`)).toBe(
    '700 joe\n600 joe',
  );
  expect(await inside('lb-01', 'cat /srv/current; rpm -q --qf %{name} keepalived')).toBe(
    'of joe\nkeepalived',
  );
  const joe = await exec(
    [
      'ssh',
      '-i',
      join(site().root, 'joe'),
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      `joe@${lab.hosts['lb-01']}`,
      'id -un',
    ],
    { seconds: 20 },
  );
  expect(joe.stdout).toBe('joe\n');
});

it.each<[deed: string, step: string]>([
  ['sed -i s/enabled=1/enabled=0/ /etc/yum.repos.d/extra.repo', 'yumRepository extra'],
  ['rpm -e gpg-pubkey', 'yumRepository extra'],
  ['hostname drifted', 'hostname more.example.test'],
  ['rm /etc/hostname', 'hostname more.example.test'],
  ['groupmod -g 2001 ops', 'group ops'],
  ['usermod -L joe', 'user joe'],
  ['gpasswd -d joe ops', 'user joe'],
  [`rm ${HOME}/.ssh/authorized_keys`, 'authorizedKey joe: joe@laptop'],
  [`chown root ${HOME}/.ssh; chmod 0755 ${HOME}/.ssh`, 'authorizedKey joe: joe@laptop'],
  ['ln -sfn /etc /srv/current', 'symlink /srv/current'],
])('drift: %s', async (deed, step) => {
  await inside('lb-01', deed);
  const mended = await apply('more');
  expect(troubles(mended)).toEqual([]);
  expect(stepsWith(mended, 'changed')).toContain(`lb-01: ${step}`);
});

it('writes through no link of the user’s', async () => {
  await inside(
    'lb-01',
    `mv ${HOME}/.ssh ${HOME}/kept; mkdir -m 0755 /srv/bait; ln -s /srv/bait ${HOME}/.ssh`,
  );
  const refused = await apply('more');
  expect(refused.exitCode).toBe(3);
  expect(troubles(refused).join()).toContain(`${HOME}/.ssh is a symlink`);
  expect(await inside('lb-01', 'ls -A /srv/bait')).toBe('');
  await inside('lb-01', `rm ${HOME}/.ssh; mv ${HOME}/kept ${HOME}/.ssh`);
});

describe('against a user who changes a folder of their own all the time', { timeout: 60_000 }, () => {
  const VICTIM = '/srv/of-root/victim.conf';
  const STATE = 'cd /srv/of-root && stat -c "%n %a %u %F" . *; cat -- *';
  let remote: Remote;

  beforeAll(async () => {
    const { hosts } = await loadInventory(join(site().root, 'inventory/lab.yml'));
    const host = hosts.find(({ name }) => name === 'lb-01');
    if (!host) throw new Error('lb-01 is not in the inventory');
    remote = await connect(host, { knownHostsFiles: [lab.knownHosts], acceptInto: lab.knownHosts });
    const racer = await readFile(join(import.meta.dirname, '../staging/racer.py'));
    await remote.write({ path: '/srv/racer.py', content: racer, mode: '0755', owner: 'root', group: 'root' });
    await inside('lb-01', `mkdir -m 700 /srv/of-root; (umask 077; echo of root >${VICTIM})`);
  });

  afterAll(async () => {
    await remote?.close();
    await inside('lb-01', 'rm -rf /srv/of-root /srv/raced /srv/racer.*');
  });

  it.each(RACES)('$what, a racer for $way: nothing of root’s is changed', async ({ way, actions }) => {
    const before = await inside('lb-01', STATE);
    await inside(
      'lb-01',
      `rm -rf /srv/raced /srv/racer.out; mkdir /srv/raced; chown 12345 /srv/raced
systemd-run --quiet --collect --unit racer -p StandardOutput=file:/srv/racer.out python3 /srv/racer.py 12345 '${way}' /srv/raced ${VICTIM}
until grep -q ready /srv/racer.out 2>/dev/null; do sleep 0.05; done`,
    );
    try {
      for (let round = 0; round < 3; round += 1) await performAll(remote, await actions('/srv/raced/target'));
    } finally {
      await inside('lb-01', 'systemctl kill --signal KILL racer');
    }
    expect(await inside('lb-01', STATE)).toBe(before);
  });
});

it('takes it all away, and has nothing to do the second time', async () => {
  // systemd keeps what a login started for ten seconds more, and userdel removes nobody who has a process.
  await until(
    'joe is gone',
    30,
    async () => (await lab.run('lb-01', 'pgrep -u joe')).code === 1 || undefined,
  );
  const gone = await apply('less');
  expect(troubles(gone)).toEqual([]);
  expect(stepsWith(gone, 'changed')).toHaveLength(4);
  expect(await inside('lb-01', 'getent passwd joe; getent group ops; ls /etc/yum.repos.d')).toBe('');
  expect(stepsWith(await apply('less'), 'ok')).toHaveLength(4);
});

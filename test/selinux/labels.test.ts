import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inside, lab, site, useSite } from '../site/site-lab.ts';
import { type JsonRun, stepsWith, troubles } from '../site/site-project.ts';
import { denials } from './denials.ts';

const HOST = 'nginx-01';
useSite([HOST], { selinux: true });

const KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 1),
]).toString('base64')}`;

const NAMES =
  'authorizedKey, command, definePlaybook, directory, file, hostname, iptablesRules, kernelModule, selinuxContext, symlink, sysctl, systemdService, template, user, yumPackage, yumRepository';
const playbook = (steps: string) =>
  `import { ${NAMES} } from 'trueup';\nvoid [${NAMES}];\nexport default definePlaybook({ name: 'Labels', hosts: '${HOST}', steps: () => [${steps}] });\n`;

let written = 0;
/** Writes a playbook of these steps, and runs a command on it. */
async function run(verb: 'plan' | 'apply', steps: string, ...args: string[]): Promise<JsonRun> {
  written += 1;
  const name = `playbooks/labels-${written}.ts`;
  await site().write(name, playbook(steps));
  return site().json(verb, name, ...(verb === 'apply' ? ['--yes'] : []), ...args);
}

async function applies(steps: string): Promise<JsonRun> {
  const applied = await run('apply', steps);
  expect(troubles(applied)).toEqual([]);
  return applied;
}

function summaries(result: JsonRun): string[] {
  return result.hosts.flatMap(({ steps }) =>
    steps.flatMap(({ changes }) => changes.map(({ summary }) => summary)),
  );
}

const typeOf = (path: string) => inside(HOST, `stat -c %C ${path} | cut -d: -f3`);
const clean = (...paths: string[]) => inside(HOST, `restorecon -nvR ${paths.join(' ')}`);

const ALL = `
  yumPackage({ names: ['nginx'] }),
  directory({ path: '/srv/www' }),
  directory({ path: '/srv/www/sub' }),
  directory({ path: '/var/www' }),
  directory({ path: '/usr/libexec/keepalived' }),
  file({ path: '/srv/www/index.html', content: 'hello\\n' }),
  file({ path: '/etc/motd', content: 'hello\\n', backup: true }),
  template({ path: '/etc/nginx/conf.d/x.conf', source: 'x.ejs', data: {} }),
  symlink({ path: '/srv/www/current', target: 'index.html' }),
  symlink({ path: '/etc/localtime', target: '../usr/share/zoneinfo/UTC' }),
  sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1 } }),
  kernelModule({ name: 'dummy' }),
  yumRepository({ id: 'extra', name: 'Extra', baseurl: 'file:///srv/repo', gpgcheck: false }),
  user({ name: 'joe' }),
  authorizedKey({ user: 'joe', key: '${KEY} joe@laptop' }),
`;

beforeAll(async () => {
  await mkdir(join(site().root, 'templates'), { recursive: true });
  await site().write('templates/x.ejs', '# nothing\n');
  await inside(HOST, 'echo before >/etc/motd');
});

describe('labels', () => {
  it('are those of the policy on all that is made, for its kind', async () => {
    const plan = await run('plan', ALL);
    expect(troubles(plan)).toEqual([]);
    await applies(ALL);
    expect(await clean('/etc', '/srv', '/var/www', '/usr/libexec', '/home')).toBe('');
    expect(await typeOf('/srv/www/current')).toBe('httpd_sys_content_t');
    expect(await inside(HOST, 'cat /var/lib/trueup/backups/etc/motd/*')).toBe('before');
    expect(await clean('/var/lib/trueup')).toBe('');
    expect(stepsWith(await applies(ALL), 'changed')).toEqual([]);
  });

  const DRIFTED = [
    ['/srv/www', 'directory /srv/www', 'httpd_sys_content_t'],
    ['/srv/www/index.html', 'file /srv/www/index.html', 'httpd_sys_content_t'],
    ['/etc/nginx/conf.d/x.conf', 'template /etc/nginx/conf.d/x.conf', 'httpd_config_t'],
    ['/srv/www/current', 'symlink /srv/www/current', 'httpd_sys_content_t'],
    ['/etc/sysctl.d/90-trueup.conf', 'sysctl net.ipv4.ip_nonlocal_bind', 'etc_t'],
    ['/etc/yum.repos.d/extra.repo', 'yumRepository extra', 'etc_t'],
    ['/home/joe/.ssh', 'authorizedKey joe: joe@laptop', 'ssh_home_t'],
    ['/home/joe/.ssh/authorized_keys', 'authorizedKey joe: joe@laptop', 'ssh_home_t'],
  ] as const;

  it('that drifted are named in plan, and mended', async () => {
    const types = await Promise.all(DRIFTED.map(([path]) => typeOf(path)));
    for (const [path] of DRIFTED) await inside(HOST, `chcon -h -t tmp_t ${path}`);
    const plan = await run('plan', ALL);
    expect(troubles(plan)).toEqual([]);
    expect(stepsWith(plan, 'pending')).toEqual(
      [...new Set(DRIFTED.map(([, step]) => `${HOST}: ${step}`))].toSorted(
        (a, b) => stepsWith(plan, 'pending').indexOf(a) - stepsWith(plan, 'pending').indexOf(b),
      ),
    );
    for (const type of types) expect(summaries(plan).join('\n')).toContain(`label tmp_t → ${type}`);
    expect(types).toEqual(DRIFTED.map(([, , type]) => type));
    await applies(ALL);
    expect(await clean(...DRIFTED.map(([path]) => path))).toBe('');
    expect(stepsWith(await run('plan', ALL), 'pending', 'unknown')).toEqual([]);
  });

  it('follow what `semanage fcontext` says, below symlinked folders too', async () => {
    await inside(HOST, 'mkdir -p /opt/real && ln -sfn /opt/real /opt/link && restorecon -R /opt');
    const steps = `
      yumPackage({ names: ['policycoreutils-python-utils'] }),
      selinuxContext({ pattern: '/opt/real/www(/.*)?', type: 'httpd_sys_content_t' }),
      directory({ path: '/opt/link/www' }),
      file({ path: '/opt/link/www/page', content: 'x' }),
    `;
    await applies(steps);
    expect(await typeOf('/opt/real/www /opt/real/www/page')).toBe('httpd_sys_content_t\nhttpd_sys_content_t');
    expect(stepsWith(await applies(steps), 'changed')).toEqual([]);
    await inside(HOST, 'chcon -t usr_t /opt/real/www/page');
    expect(summaries(await run('plan', steps))).toEqual(['label usr_t → httpd_sys_content_t']);
  });

  it('are those that a step says with `context`', async () => {
    const steps = `
      directory({ path: '/srv/up', context: 'httpd_sys_rw_content_t' }),
      file({ path: '/srv/up/a', content: 'a', context: 'system_u:object_r:public_content_t:s0' }),
      symlink({ path: '/srv/up/b', target: 'a', context: 'public_content_t' }),
    `;
    await applies(steps);
    expect(await typeOf('/srv/up /srv/up/a /srv/up/b')).toBe(
      'httpd_sys_rw_content_t\npublic_content_t\npublic_content_t',
    );
    expect(stepsWith(await applies(steps), 'changed')).toEqual([]);
    await inside(HOST, 'restorecon -RF /srv/up');
    await applies(steps);
    expect(await typeOf('/srv/up/b')).toBe('public_content_t');
  });

  it('that the policy does not know are told as the reason', async () => {
    const plan = await run('plan', "file({ path: '/srv/x', content: '', context: 'no_such_t' })");
    expect(troubles(plan).join()).toContain('the SELinux policy has no context no_such_t');
  });

  it('are right on the copy that a validator sees', async () => {
    const validate = "['sh', '-c', 'stat -c %C \"$1\" >>/root/labels', 'x', '%s']";
    await applies(`file({ path: '/etc/nginx/conf.d/y.conf', content: '# y\\n', validate: ${validate} })`);
    const seen = (await inside(HOST, 'cut -d: -f3 /root/labels')).split('\n');
    expect([...new Set(seen)]).toEqual(['httpd_config_t']);
    expect(seen.length).toBeGreaterThan(1);
  });
});

it('a home outside /home needs a rule for labels, which the message gives', async () => {
  const base = "user({ name: 'ann', home: '/srv/deploy/ann' })";
  const key = `authorizedKey({ user: 'ann', key: '${KEY} ann@laptop' })`;
  const folder = "directory({ path: '/srv/deploy' })";
  const refused = await run('apply', `${folder}, ${base}, ${key}`);
  expect(troubles(refused).join()).toContain('which sshd may not read');
  expect(refused.hosts[0]?.steps.at(-1)?.advice).toBe(
    "Put selinuxContext({ pattern: '/srv/deploy', equals: '/home' }) before this step.",
  );
  const steps = `${folder}, selinuxContext({ pattern: '/srv/deploy', equals: '/home' }), ${base}, ${key}`;
  await applies(steps);
  expect(await typeOf('/srv/deploy/ann/.ssh/authorized_keys')).toBe('ssh_home_t');
  expect(stepsWith(await applies(steps), 'changed')).toEqual([]);
});

it('nothing was denied', async () => {
  expect(await denials(HOST)).toEqual([]);
});

// Last, because what such a login may not do is noted as denied.
it('a login that SELinux confines is refused, with the reason and what to do', async () => {
  await inside(
    HOST,
    `useradd -Z staff_u -m guarded && install -d -o guarded -m 700 /home/guarded/.ssh
     install -o guarded -m 600 /root/.ssh/authorized_keys /home/guarded/.ssh/ && restorecon -RF /home/guarded
     echo 'guarded ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/guarded && chmod 0440 /etc/sudoers.d/guarded`,
  );
  await site().write('playbooks/guarded.ts', playbook("file({ path: '/etc/motd', content: 'x' })"));
  const asGuarded = join(site().root, 'inventory/guarded.yml');
  await site().write(
    'inventory/guarded.yml',
    `all:\n  hosts:\n    ${HOST}: { address: ${lab.hosts[HOST]}, user: guarded, identityFile: ${lab.key} }\n`,
  );
  const refused = await site().json('plan', 'playbooks/guarded.ts', '-i', asGuarded);
  expect(refused.hosts[0]?.error).toMatch(
    /the login of guarded would see a false state of the host .*staff_u/,
  );
});

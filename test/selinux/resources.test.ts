import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inside, lab, site, useSite } from '../site/site-lab.ts';
import { type JsonRun, stepsWith, troubles } from '../site/site-project.ts';
import { denials } from './denials.ts';

const HOST = 'nginx-01';
useSite([HOST], { selinux: true });

const NAMES =
  'definePlaybook, selinuxBoolean, selinuxContext, selinuxMode, selinuxModule, selinuxPort, yumPackage';
const playbook = (steps: string) =>
  `import { ${NAMES} } from 'trueup';\nvoid [${NAMES}];\nexport default definePlaybook({ name: 'Policy', hosts: '${HOST}', steps: () => [${steps}] });\n`;

let written = 0;
/** Those of the boot. */
const former: readonly string[] = [];
async function run(verb: 'plan' | 'apply', steps: string): Promise<JsonRun> {
  written += 1;
  const name = `playbooks/policy-${written}.ts`;
  await site().write(name, playbook(steps));
  return site().json(verb, name, ...(verb === 'apply' ? ['--yes'] : []));
}

const BOOLEAN = 'httpd_can_network_connect';
/** In the order of what the policy must know first: the module brings a boolean and a type. */
const STEPS = `
  yumPackage({ names: ['policycoreutils-python-utils'] }),
  selinuxMode({ mode: 'enforcing' }),
  selinuxModule({ name: 'site', source: 'policy/site.cil' }),
  selinuxBoolean({ name: '${BOOLEAN}', on: true }),
  selinuxBoolean({ name: 'site_bool', on: true }),
  selinuxPort({ type: 'http_port_t', ports: [80, 8888, '9100-9110'] }),
  selinuxContext({ pattern: '/srv/app(/.*)?', type: 'httpd_sys_content_t' }),
  selinuxContext({ pattern: '/srv/deploy', equals: '/home' }),
`;
const CIL = `(boolean site_bool false)
(type site_file_t)
(roletype object_r site_file_t)
(typeattributeset file_type (site_file_t))
`;

beforeAll(async () => {
  await mkdir(join(site().root, 'policy'), { recursive: true });
  await site().write('policy/site.cil', CIL);
  await inside(
    HOST,
    'mkdir -p /srv/app/sub && echo hello >/srv/app/sub/index.html && chcon -R -t tmp_t /srv/app',
  );
});

const typeOf = (path: string) => inside(HOST, `stat -c %C ${path} | cut -d: -f3`);

describe('the steps of SELinux', () => {
  it('are planned without a failure, those that need the module after it', async () => {
    const plan = await run('plan', STEPS);
    expect(troubles(plan)).toEqual([]);
    expect(stepsWith(plan, 'unknown')).toContain(`${HOST}: selinuxBoolean site_bool on`);
  });

  it('change the policy, relabel, and have nothing to do the second time', async () => {
    expect(troubles(await run('apply', STEPS))).toEqual([]);
    expect(await inside(HOST, `getsebool ${BOOLEAN} site_bool`)).toBe(`${BOOLEAN} --> on\nsite_bool --> on`);
    expect(await inside(HOST, 'semanage port -l -C')).toMatch(/http_port_t +tcp +.*9100-9110/);
    expect(await typeOf('/srv/app/sub/index.html')).toBe('httpd_sys_content_t');
    expect(await inside(HOST, 'ls /var/lib/trueup/relabel')).toBe('');
    const second = await run('apply', STEPS);
    expect(troubles(second)).toEqual([]);
    expect(stepsWith(second, 'changed', 'unknown', 'failed')).toEqual([]);
    expect(second.hosts[0]?.execs).toBeLessThanOrEqual(2);
  });

  it.each<[deed: string, step: string]>([
    [`setsebool ${BOOLEAN} 0`, `selinuxBoolean ${BOOLEAN} on`],
    [`setsebool -P ${BOOLEAN} 0`, `selinuxBoolean ${BOOLEAN} on`],
    ['semanage port -d -p tcp 8888', 'selinuxPort tcp/80,8888,9100-9110 http_port_t'],
    ['semanage port -m -t ssh_port_t -p tcp 8888', 'selinuxPort tcp/80,8888,9100-9110 http_port_t'],
    ["semanage fcontext -m -t tmp_t '/srv/app(/.*)?'", 'selinuxContext /srv/app(/.*)?'],
    ['semanage fcontext -d /srv/deploy', 'selinuxContext /srv/deploy'],
    ['semodule -d site', 'selinuxModule site'],
    ['setenforce 0', 'selinuxMode enforcing'],
    ['sed -i s/^SELINUX=.*/SELINUX=permissive/ /etc/selinux/config', 'selinuxMode enforcing'],
  ])('drift: %s', async (deed, step) => {
    // Building the policy takes longer than what else is run inside.
    const { code, stderr } = await lab.run(HOST, deed, { seconds: 300 });
    expect(code, stderr).toBe(0);
    const applied = await run('apply', STEPS);
    expect(troubles(applied)).toEqual([]);
    expect(stepsWith(applied, 'changed')).toContain(`${HOST}: ${step}`);
    expect(await inside(HOST, 'getenforce')).toBe('Enforcing');
  });

  it('relabel where an earlier run did not come to it', async () => {
    const marker = await inside(HOST, `printf 'all /srv/app(/.*)?' | sha256sum | cut -c1-16`);
    await inside(HOST, `chcon -R -t tmp_t /srv/app; touch /var/lib/trueup/relabel/${marker}`);
    expect(stepsWith(await run('apply', STEPS), 'changed')).toEqual([
      `${HOST}: selinuxContext /srv/app(/.*)?`,
    ]);
    expect(await typeOf('/srv/app/sub')).toBe('httpd_sys_content_t');
  });

  it('are blocked by names that the policy does not know', async () => {
    const plan = await run(
      'plan',
      `selinuxBoolean({ name: 'httpd_can_network_conect', on: true }), selinuxPort({ type: 'htpp_port_t', ports: [81] })`,
    );
    expect(troubles(plan).join('\n')).toContain('did you mean `httpd_can_network_connect`?');
    expect(troubles(plan).join('\n')).toContain('the policy has no type htpp_port_t');
  });

  it('met no denial', async () => {
    expect((await denials(HOST)).filter((line) => !former.includes(line))).toEqual([]);
  });
});

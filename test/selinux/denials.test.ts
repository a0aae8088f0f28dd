import { beforeAll, describe, expect, it } from 'vitest';
import { inside, site, useSite } from '../site/site-lab.ts';
import { type JsonRun, stepsWith, troubles } from '../site/site-project.ts';

const HOST = 'lb-01';
useSite([HOST], { selinux: true });

const NAMES = 'definePlaybook, file, selinuxBoolean, selinuxPort, systemdService, yumPackage';

async function run(verb: 'plan' | 'apply', steps: string): Promise<JsonRun> {
  const text = `import { ${NAMES} } from 'trueup';
void [${NAMES}];
export default definePlaybook({ name: 'Denials', hosts: '${HOST}', steps: () => [${steps}] });
`;
  await site().write('playbooks/denials.ts', text);
  return site().json(verb, 'playbooks/denials.ts', ...(verb === 'apply' ? ['--yes'] : []));
}

/** The failed step as people read it. */
function failure(result: JsonRun): string {
  const step = result.hosts[0]?.steps.find(({ status }) => status === 'failed');
  return [step?.kind, step?.name, step?.error, ...(step?.lines ?? []), step?.advice].join('\n');
}

const PACKAGES = "yumPackage({ names: ['nginx', 'haproxy', 'policycoreutils-python-utils'] }),";
const nginx = (port: number) => `
  file({
    path: '/etc/nginx/nginx.conf',
    content: 'user nginx;\\nevents {}\\nhttp { server { listen ${port}; return 200 here; } }\\n',
    validate: ['nginx', '-t', '-c', '%s'],
  }),
  systemdService({ name: 'nginx', enabled: true, running: true, reloadOn: ['/etc/nginx/nginx.conf'] }),`;
const haproxy = (port: number) => `
  file({
    path: '/etc/haproxy/haproxy.cfg',
    content: 'defaults\\n timeout connect 5s\\n timeout client 5s\\n timeout server 5s\\n' +
      'listen one\\n mode tcp\\n bind *:8080\\n server s 127.0.0.1:${port} check\\n',
    validate: ['haproxy', '-c', '-f', '%s'],
  }),
  systemdService({ name: 'haproxy', running: true, reloadOn: ['/etc/haproxy/haproxy.cfg'] }),`;

beforeAll(async () => {
  expect(troubles(await run('apply', PACKAGES + nginx(80) + haproxy(80)))).toEqual([]);
});

describe('a port that SELinux refuses to nginx', () => {
  it('fails its reload, although systemctl says that it went well, and shows what would allow it', async () => {
    const said = failure(await run('apply', PACKAGES + nginx(8888)));
    expect(said).toMatch(/^systemdService\nnginx\n/);
    expect(said).toContain('SELinux denied nginx (httpd_t): name_bind on tcp port 8888');
    expect(said).toMatch(/avc: {2}denied {2}\{ name_bind \}/);
    expect(said).toContain("selinuxPort({ type: 'http_port_t', ports: [8888] })");
  });

  it('leaves the reload pending', async () => {
    expect(stepsWith(await run('plan', PACKAGES + nginx(8888)), 'pending')).toEqual([
      `${HOST}: systemdService nginx`,
    ]);
  });

  it('is had by selinuxPort', async () => {
    const steps = `${PACKAGES} selinuxPort({ type: 'http_port_t', ports: [8888] }), ${nginx(8888)}`;
    expect(troubles(await run('apply', steps))).toEqual([]);
    expect(await inside(HOST, 'curl -s http://127.0.0.1:8888/')).toBe('here');
    expect(stepsWith(await run('apply', steps), 'changed')).toEqual([]);
  });

  it('fails its start too', async () => {
    await inside(HOST, 'systemctl stop nginx');
    const said = failure(await run('apply', PACKAGES + nginx(8889)));
    expect(said).toContain("selinuxPort({ type: 'http_port_t', ports: [8889] })");
    expect(troubles(await run('apply', PACKAGES + nginx(80)))).toEqual([]);
  });
});

describe('a connection that SELinux refuses to haproxy', () => {
  it('fails its reload, and shows the boolean that would allow it', async () => {
    const said = failure(await run('apply', PACKAGES + nginx(80) + haproxy(7777)));
    expect(said).toMatch(/^systemdService\nhaproxy\n/);
    expect(said).toContain('SELinux denied haproxy (haproxy_t): name_connect on tcp port 7777');
    expect(said).toContain("selinuxBoolean({ name: 'haproxy_connect_any', on: true })");
  });

  it('is had by selinuxBoolean', async () => {
    const steps = `${PACKAGES} selinuxBoolean({ name: 'haproxy_connect_any', on: true }), ${haproxy(7777)}`;
    expect(troubles(await run('apply', steps))).toEqual([]);
    expect(stepsWith(await run('apply', steps), 'changed')).toEqual([]);
  });
});

it('a refused file is shown with its type, and a label that drifted is mended before the service starts', async () => {
  await inside(HOST, 'systemctl stop nginx; chcon -t tmp_t /etc/nginx/nginx.conf; ! systemctl start nginx');
  const plan = await run('plan', PACKAGES + nginx(80));
  expect(stepsWith(plan, 'pending')).toEqual([
    `${HOST}: file /etc/nginx/nginx.conf`,
    `${HOST}: systemdService nginx`,
  ]);
  expect(troubles(await run('apply', PACKAGES + nginx(80)))).toEqual([]);
  expect(await inside(HOST, 'curl -s http://127.0.0.1/')).toBe('here');
});

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { exec } from '../lab/exec.ts';
import { labNet, pickOne } from '../lab/names.ts';
import { TEST_NET } from '../lab/test-net.ts';
import { inside, site, useSite } from './site-lab.ts';
import { troubles } from './site-project.ts';

useSite();

const BAD = 'lb-01';
const OTHERS = ['lb-02', 'nginx-01', 'nginx-02'];

interface Trouble {
  readonly name: string;
  /** What happens to lb-01, and what undoes it, past sshd. */
  readonly deed?: string;
  readonly mend?: string;
  /** Steps of all hosts; `bad` tells lb-01 from the others. */
  readonly steps: string;
  readonly exitCode: number;
  /** The failed step; none where the host as a whole has failed. */
  readonly step?: string;
  /** Why, and what to do, as --json has it and as people see it. */
  readonly says: readonly RegExp[];
}

const MOTD = "file({ path: '/etc/motd', content: run })";

const TROUBLES: readonly Trouble[] = [
  {
    name: 'no sshd',
    deed: 'systemctl stop sshd',
    mend: 'systemctl start sshd',
    steps: MOTD,
    exitCode: 4,
    says: [/lb-01 \(\S+:22\) refuses connections/, /Does sshd run there, and on this port\?/],
  },
  {
    name: 'refused authentication',
    deed: 'mv /root/.ssh/authorized_keys /root/.ssh/gone',
    mend: 'mv /root/.ssh/gone /root/.ssh/authorized_keys',
    steps: MOTD,
    exitCode: 4,
    says: [/does not let root in: offered were \S+id_ed25519/, /Put a key there \(ssh-copy-id /],
  },
  {
    name: 'a changed host key',
    deed: `cd /etc/ssh && cp -p ssh_host_ed25519_key /root/key && rm ssh_host_ed25519_key &&
      ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key`,
    mend: 'mv /root/key /etc/ssh/ssh_host_ed25519_key',
    steps: MOTD,
    exitCode: 6,
    says: [
      /shows another host key than the one known: ssh-ed25519 SHA256:\S+, but \S+known_hosts:\d+ says/,
      /Somebody may stand between you and the host/,
    ],
  },
  {
    name: 'a validator that says no',
    steps: `${MOTD}, template({ path: '/etc/sudoers.d/demo', source: 'sudoers.ejs', mode: '0440', data: { bad },
      validate: ['visudo', '-cf', '%s'] })`,
    exitCode: 3,
    step: 'template /etc/sudoers.d/demo',
    says: [
      /visudo -cf \/etc\/sudoers\.d\/demo says no \(exit 1\)/,
      /templates\/sudoers\.ejs:3/,
      /Mend what the file is made of/,
    ],
  },
  {
    name: 'a service that does not start',
    steps: `${MOTD}, file({ path: '/etc/systemd/system/demo.service', content: [
      '[Service]', 'ExecStartPre=/bin/sh -c "echo no peers; exit ' + (bad ? 7 : 0) + '"', 'ExecStart=/bin/sleep infinity', ''].join('\\n') }),
      systemdService({ name: 'demo', running: true })`,
    exitCode: 3,
    step: 'systemdService demo',
    says: [/demo\.service: start failed/, /status=7\/NOTRUNNING/, /Fix the cause and apply again/],
  },
  {
    name: 'a full disk',
    deed: 'mkdir -p /srv/demo && mount -t tmpfs -o size=64k demo /srv/demo',
    mend: 'umount /srv/demo',
    steps: `${MOTD}, directory({ path: '/srv/demo' }), file({ path: '/srv/demo/big', content: 'x'.repeat(200_000) })`,
    exitCode: 3,
    step: 'file /srv/demo/big',
    says: [/No space left on device/, /Fix the cause and apply again/],
  },
  {
    name: 'a broken repository',
    deed: 'cp -a /etc/yum.repos.d /root/repos && sed -i "s#^baseurl=.*#baseurl=file:///nowhere#" /etc/yum.repos.d/*.repo && dnf -q clean all',
    mend: 'cp -a /root/repos/. /etc/yum.repos.d/ && rm -r /root/repos',
    steps: `${MOTD}, yumPackage({ names: ['nginx'] })`,
    exitCode: 3,
    step: 'yumPackage nginx',
    says: [/Failed to download metadata|Cannot download repomd/, /See on the host what `dnf makecache` says/],
  },
];

function playbook(steps: string, run: string): string {
  return `import { definePlaybook, directory, file, systemdService, template, yumPackage } from 'trueup';

const run = '${run}\\n';
export default definePlaybook({
  name: 'Demo',
  hosts: 'all',
  steps: ({ host }) => {
    const bad = host.name === '${BAD}';
    return [${steps}];
  },
});
`;
}

/** Inflicts the trouble and applies; the other hosts must have got what the playbook has for them. */
async function applyWith(steps: string, run: string) {
  await site().write('playbooks/demo.ts', playbook(steps, run));
  const result = await site().json('apply', 'playbooks/demo.ts', '--yes');
  const good = result.hosts.filter(({ name }) => OTHERS.includes(name));
  expect(good.map(({ name, status, error }) => ({ name, status, error }))).toEqual(
    OTHERS.map((name) => ({ name, status: 'changed', error: undefined })),
  );
  expect(await Promise.all(OTHERS.map((host) => inside(host, 'cat /etc/motd')))).toEqual(
    OTHERS.map(() => run),
  );
  return result;
}

beforeAll(async () => {
  await site().write('templates/sudoers.ejs', '# demo\n<% if (bad) { -%>\nroot ALL=(ALL\n<% } -%>\n');
  expect(troubles(await applyWith(MOTD, 'at first'))).toEqual([]);
});

describe('trouble with one host: it fails with the reason and what to do, the others go on', () => {
  it.each(TROUBLES)('$name', async ({ name, deed, mend, steps, exitCode, step, says }) => {
    if (deed) await inside(BAD, deed);
    if (mend) onTestFinished(async () => void (await inside(BAD, mend)));
    const result = await applyWith(steps, name);
    const bad = result.hosts.find((host) => host.name === BAD);
    const failed = bad?.steps.filter(({ status }) => status === 'failed') ?? [];
    expect(result).toMatchObject({ exitCode, error: null });
    expect(failed.map((each) => `${each.kind} ${each.name}`)).toEqual(step ? [step] : []);
    const said = JSON.stringify(step ? failed[0] : bad);
    for (const pattern of says) expect(said).toMatch(pattern);
    const { code, stdout, stderr } = await site().run('plan', 'playbooks/demo.ts');
    expect(`${stdout}${stderr}`).not.toMatch(/^ +at .*:\d+:\d+/m);
    if (exitCode !== 3) expect(code).toBe(exitCode);
  });

  it('a host whose cable is cut', async () => {
    const { link } = pickOne(labNet(TEST_NET), BAD);
    const cable = (state: string) => exec(['ip', 'link', 'set', link, state], { seconds: 10 });
    await cable('down');
    onTestFinished(async () => void (await cable('up')));
    const result = await applyWith(MOTD, 'cut');
    const bad = result.hosts.find(({ name }) => name === BAD);
    expect(result.exitCode).toBe(4);
    expect(bad).toMatchObject({ status: 'unreachable' });
    expect(bad?.error).toMatch(/cannot be reached from here: there is no route|does not answer/);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as trueup from '../../src/index.ts';
import { type FileState, type Output, ProbeError, type Reader, TrueupError } from '../../src/model/index.ts';
import { readFacts } from '../../src/remote/facts.ts';
import { parseFileRecords } from '../../src/remote/file-state.ts';
import { effects } from '../scripted-host.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me';

const STEPS: readonly trueup.Step[] = [
  trueup.authorizedKey({ user: 'root', key: KEY }),
  trueup.command({ run: ['newaliases'], onlyIf: ['test', '/a', '-nt', '/b'], creates: '/c' }),
  trueup.directory({ path: '/etc/x' }),
  trueup.file({ path: '/etc/x', content: 'a\n', validate: ['cat', '%s'] }),
  trueup.firewalldPorts({ services: ['http'], ports: ['8404/tcp'] }),
  trueup.group({ name: 'web' }),
  trueup.haproxyServer({ server: 'nginx-01', state: 'drain', wait: 120 }),
  trueup.hostname({ name: 'web-01' }),
  trueup.iptablesRules({ rules: ['-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'] }),
  trueup.iptablesService({}),
  trueup.kernelModule({ name: 'ip_vs' }),
  trueup.selinuxBoolean({ name: ['haproxy_connect_any'], on: true }),
  trueup.selinuxContext({ pattern: '/srv/www(/.*)?', type: 'httpd_sys_content_t' }),
  trueup.selinuxMode({ mode: 'enforcing' }),
  trueup.selinuxModule({ name: 'old_rules', state: 'absent' }),
  trueup.selinuxPort({ type: 'http_port_t', ports: [8404, '8000-8010'] }),
  trueup.symlink({ path: '/etc/x', target: 'y' }),
  trueup.sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1 } }),
  trueup.systemdService({
    name: 'haproxy',
    enabled: true,
    running: true,
    reloadOn: ['/etc/haproxy/haproxy.cfg'],
  }),
  trueup.user({ name: 'web' }),
  trueup.virtualAddress({ address: '192.0.2.9' }),
  trueup.yumPackage({ names: ['haproxy', 'keepalived'] }),
  trueup.yumPackage({ names: ['haproxy'], version: '2.6.12-4.el9' }),
];

/** What real answers are made of, in no order. */
const WORDS = [
  ...[
    '',
    ' ',
    '\n',
    '\n\n',
    '\t',
    '\0',
    ':',
    '=',
    ',',
    '[',
    ']',
    '"',
    "'",
    '/',
    '-',
    '\\',
    '{',
    '}',
    '# ',
    '\u202e',
  ],
  ...[
    '0',
    '1',
    '-1',
    '9'.repeat(400),
    '1.5',
    'NaN',
    'root',
    '/etc/x',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    'COMMIT',
  ],
  ...[
    '-A INPUT -j DROP',
    'haproxy',
    'ActiveState=active',
    'LoadState=loaded',
    'enabled',
    'absent',
    '[release]',
  ],
  ...[
    '[uname]',
    '[selinux]',
    'mode=1',
    'version=33',
    'ssh-ed25519 AAAA',
    'x:0:0:root:/root:/bin/sh',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    'system_u:object_r:etc_t:s0',
    'tcp',
    '80',
    '192.0.2.9/24',
    '1: eth0    inet ',
  ],
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 5 })), { maxLength: 40 })
  .map((parts) => parts.join(''));
const file: fc.Arbitrary<FileState> = fc.oneof(
  fc.constant({ exists: false } as const),
  fc.record({
    exists: fc.constant(true as const),
    type: fc.constantFrom('file', 'directory', 'symlink', 'other'),
    mode: text,
    owner: text,
    group: text,
    size: fc.constantFrom(0, 1, -1, Number.NaN),
    target: text,
    sha256: text,
    content: text.map((each) => Buffer.from(each)),
  }),
);

/** A host that answers each question with the next of these. */
function hostThatSays(answers: readonly string[], code: number, files: readonly FileState[]): Reader {
  let at = 0;
  const next = () => answers[at++ % answers.length] ?? '';
  return {
    async probe(_, { expect: codes = [0] } = {}): Promise<Output> {
      const [stdout, stderr] = [next(), next()];
      const shown = codes[Math.abs(code) % codes.length] ?? 0;
      if (code < 0) throw new ProbeError('it was refused');
      return { code: shown, stdout, stderr, bytes: Buffer.from(stdout) };
    },
    async file() {
      return files[at++ % files.length] ?? { exists: false };
    },
  };
}

const nonsense = fc
  .record({
    answers: fc.array(text, { minLength: 1, maxLength: 8 }),
    code: fc.integer({ min: -1, max: 9 }),
    files: fc.array(file, { minLength: 1, maxLength: 4 }),
  })
  .map(({ answers, code, files }) => hostThatSays(answers, code, files));

/** A bug would end the run of all hosts; fast-check prints the seed of a run that fails. */
async function survives(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
  }
}

it.each(STEPS)('$label survives a host that answers nonsense', { timeout: 60_000 }, async (step) => {
  const prepared = await step.prepare({ root: '/' });
  const look = async (host: Reader) => {
    const looked = await prepared.look(host);
    looked.effects(looked.diff(effects()));
  };
  await fc.assert(
    fc.asyncProperty(nonsense, (host) => survives(() => look(host))),
    { numRuns: 150 },
  );
});

it('facts survive it, too', async () => {
  await fc.assert(fc.asyncProperty(nonsense, (host) => survives(() => readFacts(host))));
});

it('a look at files survives it, too', () => {
  const look = (said: string) => {
    expect(parseFileRecords(Buffer.from(said), 'token')).toBeDefined();
  };
  fc.assert(fc.property(text, look));
});

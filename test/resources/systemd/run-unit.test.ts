import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunVerb, runUnit } from '../../../src/resources/systemd/run-unit.ts';
import { localReader } from '../../local-reader.ts';
import { stubTools } from '../../stub-tools.ts';

const BINDS =
  'type=AVC msg=audit(1732982400.123:456): avc:  denied  { name_bind } for  pid=99999999 comm="nginx" src=8888 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0';
const KERNEL = BINDS.replace('type=AVC msg=', 'audit: type=1400 ');

let host: string;
let config: string;

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'trueup-unit-'));
  config = put('nginx.conf', 'listen 8888;\n');
  mkdirSync(join(host, 'loaded'));
  put('enforce', '1');
  put('current', 'system_u:system_r:httpd_t:s0\0');
  put('audit.log', `${BINDS}\n`);
  put('auditd.pid', `${process.pid}\n`);
});

function put(name: string, content: string): string {
  writeFileSync(join(host, name), content);
  return join(host, name);
}

const record = () => join(host, 'loaded', 'nginx.service');
const reads = (file: string) =>
  logs(
    `type=AVC msg=audit(1732982400.123:456): avc:  denied  { read } for  pid=99999999 comm="nginx" name="x" dev="vda1" ino=${statSync(file).ino} scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:tmp_t:s0 tclass=file permissive=0`,
  );

interface Scene {
  /** What systemctl does when it reloads or restarts. */
  readonly verb?: string;
  readonly journalctl?: string;
  readonly failureWords?: string;
}

const logs = (line: string) => `printf '%s\\n' '${line}' >>${host}/audit.log`;
const JOURNAL = 'case "$*" in *--show-cursor*) echo "-- cursor: s=1;i=1" ;; esac';

async function run(shell: 'dash' | 'bash', verb: RunVerb, scene: Scene = {}) {
  const properties = `ActiveState=active|SubState=running|Type=forking|ConditionResult=yes|MainPID=${process.pid}`;
  const systemctl = `case $1 in
show) printf '%s\\n' '${properties}' | tr '|' '\\n' | grep "^$3=" ;;
reset-failed) ;;
*) ${scene.verb ?? ':'} ;;
esac`;
  const path = stubTools({ systemctl, journalctl: scene.journalctl ?? JOURNAL });
  const replace = {
    '/sys/fs/selinux/enforce': join(host, 'enforce'),
    '/var/log/audit/audit.log': join(host, 'audit.log'),
    '/run/auditd.pid': join(host, 'auditd.pid'),
    '/run/trueup/loaded': join(host, 'loaded'),
    '/proc/$pid/attr/current': join(host, 'current'),
  };
  const { failureWords } = scene;
  const watched = { reloadOn: [config], restartOn: [], ...(failureWords ? { failureWords } : {}) };
  const action = runUnit(verb, 'nginx.service', watched);
  if (!('exec' in action)) throw new Error('not a command');
  const expected = { expect: Array.from({ length: 128 }, (_, code) => code) };
  return localReader(shell, { path, replace }).probe(action.exec, expected);
}

describe.each(['dash', 'bash'] as const)('a reload or restart, by %s', (shell) => {
  it('is recorded when SELinux refuses nothing since', async () => {
    expect(await run(shell, 'reload')).toMatchObject({ code: 0 });
    expect(readFileSync(record(), 'utf8')).toMatch(`@`);
  });

  const DENIED = 'nginx.service: SELinux refused what it needs, so its reload does not count as done\n';

  it('fails when SELinux has refused a port, and stays pending', async () => {
    const { code, stderr } = await run(shell, 'reload', { verb: logs(BINDS) });
    expect(code).toBe(1);
    expect(stderr.endsWith(`${BINDS}\n${DENIED}`)).toBe(true);
    expect(existsSync(record())).toBe(false);
  });

  it('fails when auditd writes a moment later', async () => {
    const verb = `(sleep 0.5; ${logs(BINDS)}) >/dev/null 2>&1 &`;
    expect(await run(shell, 'reload', { verb })).toMatchObject({ code: 1 });
  });

  it('fails when the log was rotated meanwhile', async () => {
    expect(
      await run(shell, 'reload', { verb: `mv ${host}/audit.log ${host}/audit.log.1; ${logs(BINDS)}` }),
    ).toMatchObject({
      code: 1,
    });
  });

  it("fails by the kernel's log where no auditd runs", async () => {
    put('auditd.pid', '99999999\n');
    const journalctl = `case "$*" in *--show-cursor*) echo "-- cursor: s=1" ;; *"-k "*--after-cursor=s=1*) echo '${KERNEL}' ;; esac`;
    expect(await run(shell, 'reload', { journalctl })).toMatchObject({ code: 1 });
  });

  it('fails when SELinux has refused a file that the unit reads', async () => {
    expect(await run(shell, 'reload', { verb: reads(config) })).toMatchObject({ code: 1 });
    const other = put('other', '');
    expect(await run(shell, 'reload', { verb: reads(other) })).toMatchObject({ code: 0 });
  });

  it('a restart that SELinux has spoilt is recorded as one that has read nothing', async () => {
    expect(await run(shell, 'restart', { verb: logs(BINDS) })).toMatchObject({ code: 1 });
    expect(readFileSync(record(), 'utf8')).toMatch(
      new RegExp(`^process ${process.pid} \\d+\nother ${config}\n$`),
    );
  });

  it.each<[what: string, line: string]>([
    ['another domain', BINDS.replace('httpd_t', 'named_t')],
    ['a domain whose name begins alike', BINDS.replace('httpd_t', 'httpd_t2')],
    ['a permissive domain', BINDS.replace('permissive=0', 'permissive=1')],
    ['another permission', BINDS.replace('name_bind', 'getattr')],
    ['a process of another unit', BINDS.replace('pid=99999999', `pid=${process.pid}`)],
  ])('does not mind %s', async (_, line) => {
    expect(await run(shell, 'reload', { verb: logs(line) })).toMatchObject({ code: 0 });
  });

  it.each<[what: string, file: string, content: string]>([
    ['a host that is permissive', 'enforce', '0'],
    ['a unit that is not confined', 'current', 'system_u:system_r:unconfined_service_t:s0'],
  ])('does not watch %s', async (_, file, content) => {
    put(file, content);
    expect(await run(shell, 'reload', { verb: logs(BINDS) })).toMatchObject({ code: 0 });
  });

  it('fails by its words of failure, and where the journal that has them cannot be read', async () => {
    const said = `${JOURNAL}; case "$*" in *-u*) echo 'Loading failure!' ;; esac`;
    const failureWords = 'Loading failure!';
    const failed = await run(shell, 'reload', { journalctl: said, failureWords });
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('wrote «Loading failure!»') });
    const refused = `${JOURNAL}; case "$*" in *-u*) echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1 ;; esac`;
    const unknown = await run(shell, 'reload', { journalctl: refused, failureWords });
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('insufficient permissions') });
    expect(existsSync(record())).toBe(false);
  });
});

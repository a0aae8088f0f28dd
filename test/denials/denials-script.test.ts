import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DENIALS } from '../../src/denials/denials-script.ts';
import { parseDenials } from '../../src/denials/read-denials.ts';
import { shell as script } from '../../src/model/index.ts';
import { localReader } from '../local-reader.ts';
import { stubTools } from '../stub-tools.ts';
import { haproxyConnects, KERNEL_BINDS, nginxBinds } from './audit-lines.ts';

let folder: string;
let enforce: string;
let log: string;
const now = () => Math.floor(Date.now() / 1000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trueup-audit-'));
  enforce = join(folder, 'enforce');
  log = join(folder, 'audit.log');
  writeFileSync(enforce, '1');
});

/** What audit2why says of a line, in the form that EL has it. */
const why = (boolean: string) =>
  `while read -r line; do printf '%s\\n\\tWas caused by:\\n\\tThe boolean ${boolean} was set incorrectly. \\n\\tDescription:\\n\\tAllow it\\n\\n\\tAllow access by executing:\\n\\t# setsebool -P ${boolean} 1\\n' "$line"; done`;

describe.each(['dash', 'bash'] as const)('denials of a host, by %s', (shell) => {
  async function read(tools: Record<string, string> = {}, ago = 5) {
    const path = stubTools({ journalctl: 'exit 0', audit2why: 'exit 1', ...tools });
    const { stdout } = await localReader(shell, { path }).probe(script(DENIALS, String(ago), enforce, log));
    return parseDenials(stdout);
  }

  const ports = async (tools?: Record<string, string>) =>
    (await read(tools)).map(({ denial }) => denial.port);

  it('are the recent ones of the audit log', async () => {
    const old = haproxyConnects(now() - 60);
    const allowed = haproxyConnects(now()).replace('permissive=0', 'permissive=1');
    writeFileSync(
      log,
      `${old}\ntype=SYSCALL msg=audit(${now()}.1:2): arch=c000003e\n${allowed}\n${nginxBinds(now() - 2)}\n`,
    );
    expect(await ports({ journalctl: 'echo asked >&2; exit 1' })).toEqual([8888]);
  });

  it('are found in a log that was just rotated, too', async () => {
    writeFileSync(`${log}.1`, `${nginxBinds(now() - 1)}\n`);
    writeFileSync(log, `${haproxyConnects(now())}\n`);
    expect(await ports()).toEqual([8888, 8444]);
  });

  it("are those of the kernel's log where no auditd runs", async () => {
    const line = KERNEL_BINDS.replace('1732982400', String(now()));
    const journalctl = `case "$*" in *"--since @"*_TRANSPORT=kernel*) echo 'noise'; echo '${line}' ;; esac`;
    expect(await ports({ journalctl })).toEqual([5353]);
  });

  it('are asked for only where SELinux enforces', async () => {
    writeFileSync(log, `${nginxBinds(now())}\n`);
    expect(await ports()).toEqual([8888]);
    writeFileSync(enforce, '0');
    expect(await ports()).toEqual([]);
    enforce = join(folder, 'nowhere');
    expect(await ports()).toEqual([]);
  });

  it('come with what audit2why makes of them', async () => {
    writeFileSync(log, `${haproxyConnects(now())}\n`);
    expect(await read({ audit2why: why('haproxy_connect_any') })).toMatchObject([
      { denial: { port: 8444 }, booleans: [{ name: 'haproxy_connect_any', on: true }] },
    ]);
    expect(await read()).toMatchObject([{ denial: { port: 8444 }, booleans: [] }]);
  });

  it('are bounded', async () => {
    const lines = Array.from({ length: 3000 }, (_, at) =>
      nginxBinds(now()).replace('8888', String(10_000 + at)),
    );
    writeFileSync(
      log,
      `${lines.join('\n')}\n${nginxBinds(now()).replace('comm="nginx"', `comm="${'x'.repeat(9000)}"`)}\n`,
    );
    expect((await ports()).length).toBeLessThanOrEqual(100);
  });
});

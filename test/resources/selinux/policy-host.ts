import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Command, Reader } from '../../../src/model/index.ts';
import { localReader } from '../../local-reader.ts';

export const STORE = '/var/lib/selinux/targeted/active';
const MOVED =
  /\/(sys\/fs\/selinux|etc\/selinux|etc\/sysconfig|var\/lib\/(selinux|trueup)|run\/trueup|proc\/cmdline|\.autorelabel)\b/g;

export interface PolicyHost {
  /** Runs probes with a real shell; the paths of SELinux are below `root`. */
  readonly reader: Reader;
  readonly root: string;
  /** The command with the paths of SELinux below `root`. */
  moved(command: Command): Command;
  /** Adds a file, with the folders above it. */
  write(path: string, content: string): void;
  /** Adds a tool to the PATH. */
  tool(name: string, script: string): void;
}

/** This machine as a host with SELinux, whose files are those of a folder; gone when the test ends. */
export function policyHost(
  files: Readonly<Record<string, string>> = {},
  shell: 'dash' | 'bash' = 'bash',
): PolicyHost {
  const root = mkdtempSync(join(tmpdir(), 'trueup-selinux-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (path: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
  };
  const all = { ...ENABLED, ...files };
  for (const [path, content] of Object.entries(all)) write(path, content);
  mkdirSync(join(root, STORE), { recursive: true });
  mkdirSync(join(root, 'bin'));
  for (const name of COREUTILS) symlinkSync(`/bin/${name}`, join(root, 'bin', name));
  const moved = (command: Command): Command =>
    command.map((word) => word.replace(MOVED, `${root}$&`)) as unknown as Command;
  const local = localReader(shell, { path: `${root}/bin` });
  return {
    root,
    moved,
    write,
    tool: (name, script) => write(`/bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755),
    reader: { ...local, probe: (command, options) => local.probe(moved(command), options) },
  };
}

/** What scripts may use; SELinux's own tools are those of a test, whether or not this machine has them. */
const COREUTILS = 'base64 cat chmod cp dd ls mkdir mktemp mv rm sed sha256sum stat'.split(' ');

/** As /sys/fs/selinux shows them: without a newline. */
const ENABLED = {
  '/sys/fs/selinux/enforce': '1',
  '/sys/fs/selinux/booleans/httpd_can_network_connect': '0 0',
  '/sys/fs/selinux/booleans/haproxy_connect_any': '1 1',
  '/sys/fs/selinux/booleans/ssh_sysadm_login': '0 0',
  '/etc/selinux/config': '# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted \n',
};

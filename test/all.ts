import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTools } from './lab/prerequisites.ts';

/** What the unit tests hold trueup's own words against, besides what the lab needs. */
const REAL_PROGRAMS = {
  '/usr/sbin/sshd': 'openssh-server',
  dash: 'dash',
  ipset: 'ipset',
  iptables: 'iptables',
  openssl: 'openssl',
  setfacl: 'acl',
  sudo: 'sudo',
  unshare: 'util-linux',
};

interface Totals {
  readonly passed: number;
  readonly failed: number;
}

const BIN = new URL('../node_modules/.bin/', import.meta.url).pathname;

/** Lint and types count as one test each; vitest says of its own how many there were. */
async function main(): Promise<void> {
  await ensureTools(console.error);
  await ensureTools(console.error, REAL_PROGRAMS);
  const reports = mkdtempSync(join(tmpdir(), 'trueup-test-'));
  try {
    const totals = [
      single('lint', ['biome', 'check', '--error-on-warnings', '.']),
      single('types', ['tsc', '--noEmit']),
      single('build', ['tsc', '-p', 'tsconfig.build.json']),
      // On two cores vitest would take one worker; most of these tests wait for other processes.
      vitest('unit', reports, '--maxWorkers=2'),
      vitest('lab', reports),
    ];
    const passed = totals.reduce((sum, each) => sum + each.passed, 0);
    const failed = totals.reduce((sum, each) => sum + each.failed, 0);
    console.log('left out, for their time: npm run test:ipvs, which proves IPVS on a kernel of its own,');
    console.log('and npm run test:selinux, which proves SELinux on such kernels');
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

function single(name: string, command: [string, ...string[]]): Totals {
  const good = run(name, command);
  return { passed: good ? 1 : 0, failed: good ? 0 : 1 };
}

/** A vitest that ends badly has failed, whatever its report says. */
function vitest(project: string, reports: string, ...more: string[]): Totals {
  const report = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const good = run(project, ['vitest', 'run', '--project', project, ...reporters, ...more]);
  const { numPassedTests, numFailedTests } = readReport(report);
  return { passed: numPassedTests, failed: good ? numFailedTests : Math.max(1, numFailedTests) };
}

function readReport(path: string): { numPassedTests: number; numFailedTests: number } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1 };
  }
}

function run(name: string, [command, ...args]: [string, ...string[]]): boolean {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const { status } = spawnSync(join(BIN, command), args, { stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(
    `== ${name}: ${status === 0 ? 'good' : 'FAILED'} after ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return status === 0;
}

await main();

import { mkdir, writeFile } from 'node:fs/promises';
import type { Step } from './build.ts';

const SIGNER = 'lab@example.invalid';

/** Sign the packages in the folder and make a repository of it; returns the path of the public key. */
export async function makeRepository(step: Step, folder: string): Promise<string> {
  const home = `${folder}-gnupg`;
  const key = `${folder}-key.asc`;
  const env = { GNUPGHOME: home };
  await mkdir(home, { mode: 0o700 });
  await step(
    ['gpg', '--batch', '--passphrase', '', '--quick-generate-key', SIGNER, 'rsa3072', 'sign', 'never'],
    env,
  );
  await writeFile(key, await step(['gpg', '--armor', '--export', SIGNER], env));
  await step(signAll(folder, home), env);
  await step(['createrepo_c', '--quiet', '--no-database', folder]);
  return key;
}

function signAll(folder: string, home: string): string[] {
  const defines = { __gpg: '/usr/bin/gpg', _gpg_name: SIGNER, _gpg_path: home, _dbpath: `${home}/db` };
  const options = Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  return ['find', folder, '-name', '*.rpm', '-exec', 'rpmsign', '--addsign', ...options, '{}', '+'];
}

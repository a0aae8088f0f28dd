import type { Host } from '../../model/index.ts';
import type { Forgotten } from '../../remote/index.ts';
import { inventoryContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { ForgetOptions } from '../options.ts';
import { visible } from '../views/visible.ts';

/** Forgets the host keys of hosts that were installed anew; tells which files that are not ours still hold one. */
export async function forget(request: ForgetOptions): Promise<number> {
  const context = await inventoryContext(request, request.pattern);
  const { forgetHostKeys } = await import('../../remote/index.ts');
  const options = await context.connectOptions();
  for (const host of context.hosts) {
    const lines = inWords(host, await forgetHostKeys(host, options), options.acceptInto);
    process.stdout.write(lines.map((line) => `${visible(line)}\n`).join(''));
  }
  return EXIT.done;
}

function inWords({ name }: Host, { removed, left }: Forgotten, file: string): string[] {
  const said =
    removed.length > 0
      ? removed.map((key) => `${name}: forgot ${key}`)
      : [`${name}: ${file} holds no key of it`];
  return [
    ...said,
    ...left.map((key) => `${name}: ${key.place} still holds ${key.fingerprint}: ${key.advice}`),
  ];
}

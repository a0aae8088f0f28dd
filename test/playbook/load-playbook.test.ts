import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as trueup from '../../src/index.ts';
import { callerPlace, InputError, mask, type PlayContext, Secret, type Step } from '../../src/model/index.ts';
import { loadPlaybook } from '../../src/playbook/load-playbook.ts';
import { projectFolder } from '../project-folder.ts';

const WEB = `import { definePlaybook, z } from 'trueup';
import { stepHere } from './helper.ts';

interface Unused {
  compiled: 'away';
}

export default definePlaybook({
  name: 'Web',
  hosts: 'webservers',
  vars: z.object({ limit: z.number().default(80) }),
  steps: ({ vars }) => [
    stepHere(
      vars.limit as number satisfies Unused | number),
    stepHere(2),
  ],
});
`;
const HELPER = `import { secret } from 'trueup';
export function stepHere(port: number) {
  return {
    port, secret: secret('LOAD_TEST_SECRET') };
}
`;
const ENV = "LOAD_TEST_SECRET='a secret of load.test'\n";

describe('loadPlaybook', () => {
  it('loads TypeScript that imports trueup, in a folder where nothing is installed', async () => {
    const root = projectFolder({ 'playbooks/web.ts': WEB, 'playbooks/helper.ts': HELPER });
    const { file, project, plays } = await loadPlaybook(join(root, 'playbooks/web.ts'), trueup);
    expect(file).toBe(join(root, 'playbooks/web.ts'));
    expect(project).toEqual({ root });
    expect(plays).toMatchObject([{ name: 'Web', hosts: 'webservers', place: { file, line: 8, column: 16 } }]);
    expect(plays[0]?.vars.parse({})).toEqual({ limit: 80 });
  });

  it('gives the playbook the very trueup that runs: its secrets are masked', async () => {
    const root = projectFolder({ 'playbooks/web.ts': WEB, 'playbooks/helper.ts': HELPER, '.env': ENV });
    const { plays } = await loadPlaybook(join(root, 'playbooks/web.ts'), trueup);
    const steps = plays[0]?.steps({ vars: { limit: 81 } } as unknown as PlayContext<never>);
    const [first] = steps as (Step & { port: number; secret: Secret })[];
    expect(first?.port).toBe(81);
    expect(first?.secret).toBeInstanceOf(Secret);
    expect(mask('here is a secret of load.test')).toBe('here is [secret]');
  });

  it('lists the plays of several playbooks in their order', async () => {
    const one = (name: string) =>
      `import { definePlaybook } from 'trueup';
       export default definePlaybook({ name: '${name}', hosts: 'all', steps: () => [] });`;
    const root = projectFolder({
      'one.ts': one('first'),
      'two.ts': one('second'),
      'site.ts': `import { definePlaybook } from 'trueup';
        import one from './one.ts';
        import two from './two';
        export default definePlaybook([one, two, definePlaybook([one])]);`,
    });
    const { plays } = await loadPlaybook(join(root, 'site.ts'), trueup);
    expect(plays.map(({ name, place }) => [name, place?.file])).toEqual([
      ['first', join(root, 'one.ts')],
      ['second', join(root, 'two.ts')],
      ['first', join(root, 'one.ts')],
    ]);
  });

  it.each(['cjs', 'cts'])('takes what a .%s exports as a whole', async (ending) => {
    const text =
      "const { definePlaybook } = require('trueup');\nmodule.exports = definePlaybook({ name: 'a', hosts: 'all', steps: () => [] });\n";
    const root = projectFolder({ [`site.${ending}`]: text });
    const { plays } = await loadPlaybook(join(root, `site.${ending}`), trueup);
    expect(plays).toMatchObject([{ name: 'a', place: { line: 2, column: 18 } }]);
  });

  it.each(['a b', 'a (b)', 'at a (b:1:2)', 'é', '100%', '%20', '#?', '[a]', `'"`])(
    'finds places in a folder called %s',
    async (folder) => {
      const site =
        "import { definePlaybook, env } from 'trueup';\nexport default definePlaybook({ name: 'a', hosts: 'all', steps: () => [env('NOT_THERE')] });\n";
      const root = projectFolder({
        [`${folder}/site.ts`]: site,
        [`${folder}/throws.ts`]: "const no = () => { throw new Error('no'); };\n\n no();\n",
      });
      const at = (name: string) => join(root, folder, name);
      const { plays } = await loadPlaybook(at('site.ts'), trueup);
      expect(plays).toMatchObject([{ place: { file: at('site.ts'), line: 2, column: 16 } }]);
      expect(() => plays[0]?.steps({} as PlayContext<never>)).toThrow(`${at('site.ts')}:2:72: NOT_THERE`);
      await expect(loadPlaybook(at('throws.ts'), trueup)).rejects.toThrow(`${at('throws.ts')}:1:26: `);
    },
  );

  it('keeps its cache in the project, out of the way of git', async () => {
    const root = projectFolder({ 'playbooks/web.ts': WEB, 'playbooks/helper.ts': HELPER });
    await loadPlaybook(join(root, 'playbooks/web.ts'), trueup);
    expect(existsSync(join(root, '.trueup/cache'))).toBe(true);
    expect(readFileSync(join(root, '.trueup/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('sees a playbook that was changed since', async () => {
    const root = projectFolder({ 'playbooks/web.ts': WEB, 'playbooks/helper.ts': HELPER });
    const path = join(root, 'playbooks/web.ts');
    await loadPlaybook(path, trueup);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, WEB.replace("'Web'", "'Other'"));
    expect((await loadPlaybook(path, trueup)).plays[0]?.name).toBe('Other');
  });
});

const IMPORT = "import { definePlaybook, z } from 'trueup';\n";

/** The place of each is where the ‸ stands. */
const THROWING: readonly string[] = [
  ` ‸stop();`,
  ` const a: string = 'x' as string; ‸stop(a);`,
  `\nconst a: string = 'x' as string; const b: string | undefined = ‸stop(a satisfies string);`,
  `\ninterface A { a: string }\ntype B = A;\n\nfunction f<T extends string>(x: T): T { return (‸stop<T>(x)) as T; }\nf<'q'>('q');`,
  `\nexport const list = [\n        'far in',\n   ...(true ? [\n              ‸stop({\n  a: 1,\n }), 2] : []),\n];`,
  `\nclass K { private x: number = 1; m(): void { ‸stop(this.x); } }\nnew K().m();`,
  `\nenum E { A, B }\nconst e: E = E.B;   /* a\n note */   ‸stop(e);`,
  `\nimport * as all from 'trueup';\n\nall.‸stop(<any>7, 1 as number);`,
  `\nconst { stop: halt } = { stop };\n  const x = \`\${1}\n \${‸halt(1 as any)}\`;`,
  `\nconst text: string = 'x';\n  throw ‸new Error(text as string);`,
  `\nconst none: any = undefined;\nconst r = (none as { a: string })   .‸a;`,
  `\nconst f = (): unknown[] => [1,\n\n  2 as number, ‸gone.x];\nf();`,
  `\nconst ok: string = 'gone.x'; /* gone */ const y = ‸gone;`,
  `\ntype T = string;\nawait (async (): Promise<void> => { await null; ‸stop('x' as T); })();`,
  `\nconst a: any = {};\n\ta.b = 1; 'é😀'; ‸stop();`,
];

describe('the place of a mistake', () => {
  it.each(THROWING)('%j', async (marked) => {
    const text = `import { definePlaybook, stop } from 'trueup';${marked}\nexport default definePlaybook([]);\n`;
    const before = text.slice(0, text.indexOf('‸')).split('\n');
    const root = projectFolder({ 'web.ts': text.replace('‸', '') });
    const stop = () => {
      throw new InputError('stopped', { place: callerPlace(stop) });
    };
    const place = `${join(root, 'web.ts')}:${before.length}:${(before.at(-1) ?? '').length + 1}: `;
    for (const _ of ['compiled', 'from the cache']) {
      await expect(loadPlaybook(join(root, 'web.ts'), { ...trueup, stop })).rejects.toThrow(place);
    }
  });

  it('is known in an imported JavaScript, too', async () => {
    const root = projectFolder({
      'web.ts': "import './a.mjs';\nimport './b.cjs';\n",
      'a.mjs': "import { env } from 'trueup';\nexport const a = 1;\n",
      'b.cjs': "'use strict';\n\nif (true) throw new Error('no');\n",
    });
    await expect(loadPlaybook(join(root, 'web.ts'), trueup)).rejects.toThrow(`${join(root, 'b.cjs')}:3:17: `);
  });
});

describe('a playbook that cannot be loaded', () => {
  it.each<[why: string, text: string, at: string, message: string]>([
    [
      'syntax',
      `${IMPORT}const a = 1;\nexport default { steps: [ a( };`,
      '3:30',
      'syntax error: Unexpected token',
    ],
    [
      'throws',
      `${IMPORT}interface A {\n  b: string;\n}\n\nthrow new RangeError('no luck');`,
      '6:7',
      'RangeError: no luck',
    ],
    ['throws a text', `${IMPORT}\nthrow 'just this';`, '1:1', 'just this'],
    [
      'undefined variable',
      `${IMPORT}\n\nexport default [nothing];`,
      '4:17',
      'ReferenceError: nothing is not defined',
    ],
    [
      'missing import',
      `${IMPORT}\nimport x from './missing.ts';\nexport default x;`,
      '3:15',
      "Cannot find module './missing.ts'",
    ],
    [
      'no such export',
      `import { fiel, definePlaybok } from 'trueup';\n\ndefinePlaybok({});`,
      '3:1',
      'trueup exports no `definePlaybok`: did you mean `definePlaybook`?',
    ],
    ['no default', `${IMPORT}export const a = 1;`, '1:1', 'has no default export'],
    [
      'default is no playbook',
      `${IMPORT}export default { name: 'x' };`,
      '1:1',
      'its default export is not a playbook',
    ],
    [
      'wrong play',
      `${IMPORT}\nexport default definePlaybook({ name: 'x', hosts: 'all' });`,
      '3:16',
      'definePlaybook: steps: expected a function that returns steps',
    ],
  ])('%s', async (_why, text, at, message) => {
    const root = projectFolder({ 'web.ts': text });
    const error = await loadPlaybook(join(root, 'web.ts'), trueup).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(`${join(root, 'web.ts')}:${at}: `);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('\n');
  });

  it('names its own line if it was ours that stumbled', async () => {
    const root = projectFolder({ 'web.ts': "import { env } from 'trueup';\n\nenv(Symbol('x') as never);\n" });
    await expect(loadPlaybook(join(root, 'web.ts'), trueup)).rejects.toThrow(`${join(root, 'web.ts')}:3:1: `);
  });

  it('names the imported file if the mistake is there', async () => {
    const root = projectFolder({
      'web.ts': `import { x } from './sub/helper.ts';\nexport default x;`,
      'sub/helper.ts': 'type A = string;\n\nexport const x: A = JSON.parse("{}").a.b;\n',
    });
    await expect(loadPlaybook(join(root, 'web.ts'), trueup)).rejects.toThrow(
      `${join(root, 'sub/helper.ts')}:3:38: `,
    );
  });

  it.each([
    ['wbe.ts', 'there is no playbook {root}/wbe.ts: did you mean `web.ts`?'],
    ['far/away.ts', 'there is no playbook {root}/far/away.ts'],
    ['folder', '{root}/folder is a folder: a playbook is a file'],
  ])('%s', async (name, message) => {
    const root = projectFolder({ 'web.ts': WEB });
    mkdirSync(join(root, 'folder'));
    await expect(loadPlaybook(join(root, name), trueup)).rejects.toThrow(
      new InputError(message.replace('{root}', root)),
    );
  });
});

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.ts';

/** One mistake in a project that is otherwise right, and all that is said of it. */
export interface Mistake {
  readonly name: string;
  /** Files: their whole text, or what is replaced in the right one. */
  readonly files?: Readonly<Record<string, string | readonly (readonly [from: string, to: string])[]>>;
  readonly modes?: Readonly<Record<string, number>>;
  /** More words of the command line; `{root}` is the project. */
  readonly args?: readonly string[];
  /** All words, instead of those of a right command line. */
  readonly argv?: readonly string[];
  /** The lines of stderr, with paths relative to the project. */
  readonly says: readonly string[];
}

const RIGHT: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }\n',
  'inventory/hosts.yml': `all:
  vars:
    greeting: hello
  children:
    web:
      hosts:
        web-01: { address: 127.0.0.1, port: PORT }
        web-02: { address: 127.0.0.2, port: PORT }
    db:
      hosts:
        db-01: { address: 127.0.0.3, port: PORT }
`,
  'playbooks/site.ts': `import { definePlaybook, env, file, secret, systemdService, template, yumPackage, z } from 'trueup';

export default definePlaybook({
  name: 'Web',
  hosts: 'web',
  vars: z.object({ greeting: z.string(), workers: z.number().default(1) }),
  steps: ({ vars, group }) => [
    file({ path: '/etc/motd', content: vars.greeting }),
    template({ path: '/etc/web.conf', source: 'web.conf.ejs', data: { vars } }),
  ],
});
`,
  'templates/web.conf.ejs': '# web\nworkers <%= vars.workers %>\n',
};

/** The project with the mistake, and the words of the command line that meets it. */
export function mistakenProject(
  { files = {}, modes = {}, args = [], argv }: Omit<Mistake, 'name' | 'says'>,
  port: number,
): { root: string; argv: string[] } {
  const changes = Object.entries(files).map(([path, change]) => [path, changed(path, change)] as const);
  const texts = Object.entries({ ...RIGHT, ...Object.fromEntries(changes) });
  const root = projectFolder(
    Object.fromEntries(texts.map(([path, text]) => [path, text.replaceAll('PORT', `${port}`)])),
  );
  for (const [path, mode] of Object.entries(modes)) chmodSync(join(root, path), mode);
  return { root, argv: (argv ?? [...USUAL, ...args]).map((word) => word.replace('{root}', root)) };
}

const USUAL = ['apply', '{root}/playbooks/site.ts', '-i', '{root}/inventory/hosts.yml', '--yes'];

function changed(path: string, change: string | readonly (readonly [string, string])[]): string {
  if (typeof change === 'string') return change;
  return change.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${path} holds no ${from}`);
    return text.replace(from, () => to);
  }, RIGHT[path] ?? '');
}

import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { defineResource, type Project } from '../model/index.ts';
import { fileFields } from './files/file-fields.ts';
import { fromLaptop } from './files/from-laptop.ts';
import {
  diffManagedFile,
  type ManagedFile,
  type ManagedFileState,
  managedFileEffects,
  readManagedFile,
} from './files/managed-file.ts';
import { renderEjs } from './render-ejs.ts';

const schema = z.strictObject({
  ...fileFields,
  source: z.string().min(1),
  data: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Ensures that a file stands there with what an EJS template (https://ejs.co) makes of `data`.
 *
 * - `source`: the template, in `templates/` of the project's root or relative to the root itself.
 * - `data`: what the template may name.
 * - `path`, `mode`, `owner`, `group`, `context`, `validate`, `backup`, `sensitive`: as for `file`.
 *
 * `<%= x %>` writes a text, a number or a secret as it is; it throws on undefined, null, lists, objects, and on
 * a line break, which could smuggle a line into the file. To check what is written: `word(x)` (no white space
 * or quotes), `quoted(x)` (in double quotes), `ip(x)`, `port(x)`; a name in `data` goes before these.
 * `<%- include('part.ejs') %>` includes another template. `-%>` at a line's end leaves its line break out.
 *
 * An error in a template names the template's line; so does a validator that speaks of a line of the file.
 *
 *     template({
 *       path: '/etc/haproxy/haproxy.cfg',
 *       source: 'haproxy.cfg.ejs',
 *       data: { vars, web: group('webservers') },
 *       validate: ['haproxy', '-c', '-f', '%s'],
 *     })
 */
export const template = defineResource<typeof schema, ManagedFileState, ManagedFile>({
  kind: 'template',
  schema,
  name: ({ path }) => path,
  manages: ({ path }) => [`file:${path}`],
  prepare,
  read: readManagedFile,
  diff: diffManagedFile,
  effects: managedFileEffects,
});

async function prepare(spec: z.output<typeof schema>, project: Project): Promise<ManagedFile> {
  const source = findTemplate(spec.source, project);
  const { text, templateLineOf } = await renderEjs(source, String(await fromLaptop(source)), spec.data);
  const placeOf = (line: number) => {
    const place = templateLineOf(line);
    return place && `${relative(project.root, place.file)}:${place.line}`;
  };
  return { ...spec, content: Buffer.from(text), placeOf };
}

function findTemplate(source: string, { root }: Project): string {
  const fromRoot = resolve(root, source);
  return existsSync(fromRoot) ? fromRoot : resolve(root, 'templates', source);
}

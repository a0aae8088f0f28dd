import { z } from 'zod';

const url = z.string().regex(/^(https?|ftp|file):\/\/[^\s,]+$/, 'expected a URL: http, https, ftp or file');
const line = z.string().regex(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, 'expected one line, and not an empty one');
const words = z.array(z.string().regex(/^[^\s,]+$/, 'expected a name or pattern')).min(1);
/** One or several. */
const some = <T extends z.ZodType<string>>(one: T) => z.union([one, z.array(one).min(1)]);

export const repositorySpec = z
  .strictObject({
    id: z.string().regex(/^[\w:.-]+$/, 'expected letters, digits and -_.: only'),
    name: line.optional(),
    baseurl: some(url).optional(),
    mirrorlist: url.optional(),
    metalink: url.optional(),
    enabled: z.boolean().default(true),
    gpgcheck: z.boolean().default(true),
    repo_gpgcheck: z.boolean().default(false),
    gpgkey: some(line).optional(),
    priority: z.int().min(1).max(99).optional(),
    cost: z.int().min(0).optional(),
    exclude: words.optional(),
    includepkgs: words.optional(),
    module_hotfixes: z.boolean().optional(),
    skip_if_unavailable: z.boolean().optional(),
    sslverify: z.boolean().optional(),
    sslcacert: line.optional(),
    proxy: line.optional(),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ state, name }) => state === 'absent' || name !== undefined, {
    message: 'a repository needs a `name`',
  })
  .refine(
    ({ state, ...spec }) =>
      state === 'absent' || [spec.baseurl, spec.mirrorlist, spec.metalink].filter(Boolean).length === 1,
    { message: 'expected one of `baseurl`, `mirrorlist` and `metalink`' },
  );

export type RepositorySpec = z.output<typeof repositorySpec>;

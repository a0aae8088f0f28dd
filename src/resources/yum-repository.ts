import { defineResource } from '../model/index.ts';
import { decideRepository } from './yum-repository/decide.ts';
import { keyPaths, prepareRepository, type Repository, repositoryPath } from './yum-repository/prepare.ts';
import { type RepositoryState, readRepository } from './yum-repository/read-repository.ts';
import { repositorySpec } from './yum-repository/repository-spec.ts';

/**
 * Ensures that a repository of dnf (or yum) is there: its file /etc/yum.repos.d/ID.repo belongs to this step as a whole,
 * and the keys of its packages are imported into rpm.
 *
 * - `id`, `name`: as in the file. One of `baseurl` (one or a list), `mirrorlist`, `metalink`.
 * - `gpgkey`: one or a list. A file of the project (armored) is copied to /etc/pki/rpm-gpg and imported; so is one that is
 *   on the host, as `file:///etc/pki/…`; both are compared with what rpm has, by key id. One of the web is imported
 *   by rpm whenever the repository's file is written, and is not looked at later.
 * - `enabled`, `gpgcheck`: default `true`. `repo_gpgcheck`: default `false`; dnf keeps the keys for it itself.
 * - `priority` (1 to 99), `cost`, `exclude`, `includepkgs` (lists), `module_hotfixes`, `skip_if_unavailable`, `sslverify`,
 *   `sslcacert`, `proxy`: as in dnf.conf(5). Default: left out, so that dnf's own hold.
 * - `state`: `present` or `absent`. Default `present`. With `absent` only `id` counts; imported keys stay.
 *
 * A yumPackage step behind it that finds no such package today is unknown until then, not blocked. Blocked: another file
 * that defines the same id, a key that is no key or is not there. An import that fails leaves the file unwritten.
 *
 * See dnf.conf(5), yum.conf(5), rpmkeys(8).
 *
 *     yumRepository({
 *       id: 'haproxy', name: 'HAProxy', baseurl: 'https://repo.example.com/el$releasever/', gpgkey: 'files/haproxy.asc',
 *     })
 */
export const yumRepository = defineResource<typeof repositorySpec, RepositoryState, Repository>({
  kind: 'yumRepository',
  schema: repositorySpec,
  name: ({ id }) => id,
  manages: (spec) => [repositoryPath(spec.id), ...keyPaths(spec)].map((path) => `file:${path}`),
  prepare: prepareRepository,
  read: readRepository,
  diff: decideRepository,
  effects({ file: { path } }, { file }, finding) {
    if (finding.status !== 'change') return {};
    return file.file.exists ? { changes: [path] } : { appears: [path], changes: [path] };
  },
});

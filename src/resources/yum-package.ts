import { defineResource, type Effects } from '../model/index.ts';
import { decidePackages } from './yum/decide.ts';
import { yumPackageSpec } from './yum/package-spec.ts';
import { readPackages } from './yum/read-packages.ts';

/**
 * Ensures that packages are installed, removed, or of a version: by dnf, or yum on CentOS 7, all in one transaction.
 *
 * Plan asks rpm; only where something differs, dnf resolves the transaction without running it, so that plan
 * shows versions, dependencies, and whatever else would be upgraded or removed, and later steps know the files,
 * commands and units that will be there. CentOS 7 cannot list those: steps that need one are unknown until then.
 *
 * Fields: `names` (required), `state` (`present`, `absent` or `latest`; default `present`), `version` (with one name).
 * With `present`, packages that are installed stay as they are. `absent` goes by the package's own name, and also
 * removes what depends on it, which plan lists.
 *
 * It is blocked where no enabled repository has the package, a dependency cannot be met, a repository cannot be
 * read, or a protected package would go. It fails if the package database stays locked for 120 s (the holder is
 * named), after 30 minutes, and if a scriptlet of a package fails, which dnf itself reports as success.
 *
 * See dnf(8), yum(8), rpm(8).
 *
 * @example
 * yumPackage({ names: ['haproxy', 'keepalived'] })
 * @example
 * yumPackage({ names: ['haproxy'], version: '2.6.12-4.el9' })
 */
export const yumPackage = defineResource({
  kind: 'yumPackage',
  schema: yumPackageSpec,
  name: ({ names }) => names.join(', '),
  manages: ({ names }) => names.map((name) => `package:${name}`),
  read: readPackages,
  diff: decidePackages,
  effects(_spec, { asked }, finding): Effects {
    if (finding.status !== 'change' || asked?.resolution.kind !== 'transaction') return { more: true };
    const { items, files } = asked.resolution;
    if (items.every(({ does }) => does === 'remove')) return {};
    return files ? { appears: [...files.fresh, ...files.renewed], changes: files.renewed } : { more: true };
  },
});

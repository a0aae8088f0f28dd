import { z } from 'zod';
import {
  blocked,
  type Change,
  defineResource,
  differs,
  type Effects,
  type Finding,
  ok,
  type PredictedEffects,
  type Prediction,
  type Reader,
  unknown,
} from '../model/index.ts';
import { type Answered, evr, isPresent, readInstalled, restartedBy } from './yum/installed.ts';
import { type Resolution, resolve, type Verb } from './yum/resolve.ts';
import { transact } from './yum/transact.ts';
import type { Item } from './yum/transaction.ts';

const packageName = z
  .string()
  .regex(/^[^\s@*?[\]-][^\s*?[\]]*$/, 'must be the name of one package: no glob, no group, no option');

const yumPackageSpec = z
  .strictObject({
    /** Package names, as `dnf install` takes them; what another package provides counts as present. */
    names: z.array(packageName).min(1),
    /** `present` (default), `absent`, or `latest`: the newest that the enabled repositories have. */
    state: z.enum(['present', 'absent', 'latest']).default('present'),
    /** Exactly this version: `2.6.12` or `2.6.12-4.el9`; upgrades or downgrades to it. Only with one name. */
    version: z
      .string()
      .regex(/^[\w.:+~^-]+$/, 'must be a version such as 2.6.12 or 2.6.12-4.el9')
      .optional(),
  })
  .refine(({ names }) => new Set(names).size === names.length, { path: ['names'], error: 'lists one twice' })
  .refine(({ names, version }) => version === undefined || names.length === 1, {
    path: ['version'],
    error: 'goes with exactly one name',
  })
  .refine(({ state, version }) => version === undefined || state === 'present', {
    path: ['version'],
    error: 'goes with state `present` only',
  });

type YumPackageSpec = z.output<typeof yumPackageSpec>;

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

function decidePackages(spec: YumPackageSpec, state: PackageState, effects: PredictedEffects): Finding {
  if (!state.asked) return ok;
  const { verb, words, resolution } = state.asked;
  const soon = repositoriesChange(effects);
  if (resolution.kind === 'refused') {
    if (soon) return unknown(soon.step, `as the repositories are now, ${resolution.reason}`);
    return blocked(resolution.reason, resolution.advice);
  }
  if (resolution.kind === 'nothing') return nothingToDo(spec, state, soon);
  const items = resolution.kind === 'transaction' ? resolution.items : [];
  const pairs = pendingAnswers(spec, state.answers)
    .map((answer) => ({ answer, item: items.find((item) => isAbout(item, answer)) }))
    .filter(
      ({ answer, item }) => item || resolution.kind === 'unreadable' || !isPresent(answer, spec.version),
    );
  const named = new Set(pairs.map(({ item }) => item));
  const others = items.filter((item) => !named.has(item));
  const changes = [
    ...pairs.map(({ answer, item }) => ({ aspect: answer.name, summary: summaryOf(spec, answer, item) })),
    ...others.filter(({ does }) => does === 'remove').map(removal),
  ];
  const company = others.filter(({ does }) => does !== 'remove');
  // One transaction removes them all: it goes with the first.
  const action = transact(verb, words);
  const restarted = restartedBy(resolution);
  return differs(
    changes.map((change, i) => ({
      ...change,
      ...(i === 0 ? { actions: [action], ...restarted } : { actions: [] }),
    })),
    noteOf(company),
  );
}

/** An earlier step may bring other repositories, and with them other answers. */
function repositoriesChange(effects: PredictedEffects): Prediction | undefined {
  const places = ['/etc/yum.repos.d', '/etc/dnf', '/etc/yum', '/etc/yum.conf'];
  return places.map((path) => effects.below(path)).find(Boolean);
}

function nothingToDo(spec: YumPackageSpec, { answers }: PackageState, soon: Prediction | undefined): Finding {
  const left = spec.state === 'absent' ? answers : answers.filter((one) => !isPresent(one, spec.version));
  if (soon) return unknown(soon.step, 'it changes the repositories, and with them what is to be had');
  if (spec.state === 'latest' && left.length === 0) return ok;
  const names = left.map(({ name }) => name).join(', ');
  return blocked(
    `dnf finds nothing to do for ${names}, though rpm shows otherwise`,
    'Look for `exclude` in /etc/dnf/dnf.conf and the repositories.',
  );
}

function isAbout({ name, arch }: Item, answer: Answered): boolean {
  if (answer.name === name || answer.name === `${name}.${arch}`) return true;
  return [...answer.installed, ...answer.providers].some((one) => one.name === name);
}

function summaryOf({ state }: YumPackageSpec, { name, installed }: Answered, item: Item | undefined): string {
  const now = installed.map(evr).join(', ');
  if (state === 'absent') return `remove ${name} ${now}`;
  if (!item) return `install ${name}`;
  return item.does === 'install'
    ? `install ${name} ${item.evr}`
    : `${item.does} ${name} ${now} → ${item.evr}`;
}

function removal({ name, evr: version, role }: Item): Omit<Change, 'actions'> {
  return { aspect: `remove ${name}`, summary: `remove ${name} ${version} (${WHY[role]})` };
}

const WHY: Readonly<Record<Item['role'], string>> = {
  asked: 'in the same transaction',
  dependency: 'in the same transaction',
  'needs it': 'it depends on what goes',
  'no longer needed': 'nothing else needs it',
  replaced: 'it is replaced',
};

const SHOWN = 12;

function noteOf(company: readonly Item[]): string | undefined {
  if (company.length === 0) return undefined;
  const words = company.slice(0, SHOWN).map(({ does, name, evr }) => `${does} ${name} ${evr}`);
  const more = company.length > SHOWN ? ` and ${company.length - SHOWN} more` : '';
  return `the same transaction will ${words.join(', ')}${more}`;
}

interface PackageState {
  readonly answers: readonly Answered[];
  /** What dnf was asked for, and would do: only where something may have to be done. */
  readonly asked?: {
    readonly verb: Verb;
    readonly words: readonly string[];
    readonly resolution: Resolution;
  };
}

/** Only where something differs (or may, with `latest`) is there a second look, at what dnf would do. */
async function readPackages(spec: YumPackageSpec, host: Reader): Promise<PackageState> {
  const answers = await readInstalled(spec.names, host);
  const words = pendingAnswers(spec, answers).map(({ name }) => wordFor(name, spec.version));
  if (words.length === 0) return { answers };
  const verb = spec.state === 'absent' ? 'remove' : 'install';
  const resolution = await resolve(verb, words, host);
  if (resolution.kind !== 'nothing' || spec.version === undefined) {
    return { answers, asked: { verb, words, resolution } };
  }
  // yum 3 installs no older version unless told so.
  return {
    answers,
    asked: { verb: 'downgrade', words, resolution: await resolve('downgrade', words, host) },
  };
}

/** The names that dnf has to be asked about. */
function pendingAnswers(spec: YumPackageSpec, answers: readonly Answered[]): readonly Answered[] {
  if (spec.state === 'latest') return answers;
  return answers.filter((answer) =>
    spec.state === 'absent' ? answer.installed.length > 0 : !isPresent(answer, spec.version),
  );
}

function wordFor(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name}-${version}`;
}

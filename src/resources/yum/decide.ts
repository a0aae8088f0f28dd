import {
  blocked,
  type Change,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  type Prediction,
  unknown,
} from '../../model/index.ts';
import { type Answered, evr, isPresent } from './installed.ts';
import type { YumPackageSpec } from './package-spec.ts';
import { type PackageState, pendingAnswers } from './read-packages.ts';
import { restartedBy } from './restarted-by.ts';
import { transact } from './transact.ts';
import type { Item } from './transaction.ts';

export function decidePackages(
  spec: YumPackageSpec,
  state: PackageState,
  effects: PredictedEffects,
): Finding {
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

import type { Host, HostResult, Sighting, StepResult } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

export interface MapOptions {
  readonly paint: Paint;
  /** Columns of the screen. */
  readonly width: number;
}

/** The way of a request as plain text, from the client through what moves and what balances to the servers. */
export function siteMap(hosts: readonly Host[], results: readonly HostResult[], options: MapOptions): string {
  const site = siteLayers(hosts, results);
  const parts = partsOf(site);
  const widest = Math.max(
    ...parts.flat().flatMap(({ title, rows }) => [title.length + 3, ...rows.map(lengthOf)]),
  );
  const width = Math.min(options.width - 4, widest);
  const client = visible(`  client${site.client === undefined ? '' : `  ${site.client}`}`);
  const drawn = parts.flatMap((boxes, index) => [
    '    │',
    '    ▼',
    ...boxes.flatMap((box) =>
      boxLines(box, width, index < parts.length - 1 && box === boxes.at(-1), options.paint),
    ),
  ]);
  return [client, ...drawn].join('\n');
}

type Mark = '✓' | '✗' | '!' | '?';

interface Row {
  readonly mark: Mark;
  readonly text: string;
}

interface Box {
  readonly title: string;
  readonly rows: readonly Row[];
}

function partsOf({ virtual, layers }: SiteLayers): Box[][] {
  const names = Math.max(...layers.flat(2).flatMap(({ hosts }) => hosts.map(({ name }) => name.length)));
  const addresses = Math.max(
    ...layers.flat(2).flatMap(({ hosts }) => hosts.map(({ address }) => address.length)),
  );
  const rowOf = (host: SiteHost): Row => ({
    mark: markOf(host),
    text: visible(`${host.name.padEnd(names)}  ${host.address.padEnd(addresses)}  ${splitShellWords(host)}`),
  });
  return [
    ...(virtual.length > 0 ? [virtual.map(addressBox)] : []),
    ...layers.map((boxes) =>
      boxes.map(({ title, hosts }) => ({ title: visible(title), rows: hosts.map(rowOf) })),
    ),
  ];
}

function addressBox({ address, hosts, holders }: SiteLayers['virtual'][number]): Box {
  const mark = holders.length === 1 ? '✓' : '✗';
  const held = holders.length === 0 ? `none of ${hosts.join(', ')}` : holders.join(' and ');
  const words = holders.length > 1 ? `HELD BY ${held} AT ONCE` : `held by ${held}`;
  return { title: visible(address), rows: [{ mark, text: visible(words) }] };
}

function markOf({ result, answers }: SiteHost): Mark {
  if (!result) return '?';
  if (result.status !== 'ok' && result.status !== 'changed') return '✗';
  return [...answers.values()].includes(0) ? '!' : '✓';
}

function splitShellWords({ result, holds, answers }: SiteHost): string {
  const missed = [...answers].filter(([, count]) => count === 0).map(([name]) => name);
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const parts = [
    healthOf(result),
    holds.length > 0 && `holds ${holds.join(', ')}`,
    total > 0 && `${total} ${total === 1 ? 'answer' : 'answers'}`,
    missed.length > 0 && `not reached from ${missed.join(', ')}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function healthOf(result: HostResult | undefined): string {
  if (!result) return 'not checked itself';
  if (result.failure) return `FAILED: ${firstLine(result.failure.message)}`;
  const checks = result.checks ?? result.steps;
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.length > 0) return `FAILED: ${failed.length} of ${counted(checks.length)}`;
  return checks.length === 0
    ? 'no checks'
    : `${counted(checks.filter(({ status }) => status === 'ok').length)} ok`;
}

function counted(checks: number): string {
  return `${checks} ${checks === 1 ? 'check' : 'checks'}`;
}

function boxLines({ title, rows }: Box, width: number, goesOn: boolean, paint: Paint): string[] {
  const head = title === '' ? '' : ` ${title} `;
  return [
    `┌${head}${'─'.repeat(Math.max(0, width + 2 - head.length))}┐`,
    ...rows.map((row) => `│ ${rowLine(row, width, paint)} │`),
    goesOn ? `└───┬${'─'.repeat(width - 2)}┘` : `└${'─'.repeat(width + 2)}┘`,
  ];
}

/** Cut to the width: all that a failure says stands below the picture. */
function rowLine({ mark, text }: Row, width: number, paint: Paint): string {
  const shown = text.replaceAll('\n', ' ');
  const cut = shown.length > width - 2 ? `${shown.slice(0, width - 3)}…` : shown.padEnd(width - 2);
  return `${coloured(mark, paint)} ${mark === '✗' ? paint.red(cut) : cut}`;
}

function coloured(mark: Mark, paint: Paint): string {
  if (mark === '✗') return paint.red(mark);
  return mark === '✓' ? paint.green(mark) : paint.yellow(mark);
}

function lengthOf({ text }: Row): number {
  return text.trimEnd().length + 2;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** A host on the way from the client to the servers. */
interface SiteHost {
  readonly name: string;
  readonly address: string;
  /** Undefined: it was met, but is not a part of this run. */
  readonly result: HostResult | undefined;
  /** Which virtual addresses it holds. */
  readonly holds: readonly string[];
  /** How many answers of it the checks of other hosts met, by those hosts' names. */
  readonly answers: ReadonlyMap<string, number>;
}

/** Hosts of the same groups that stand side by side. */
interface SiteBox {
  readonly title: string;
  readonly hosts: readonly SiteHost[];
}

/** A site as its checks have met it, in the order in which a request goes through it. */
interface SiteLayers {
  /** The address that requests came from. */
  readonly client: string | undefined;
  readonly virtual: readonly NonNullable<Sighting['virtual']>[];
  readonly layers: readonly (readonly SiteBox[])[];
}

/** A check of one host that met another says that requests go from the one to the other. */
function siteLayers(hosts: readonly Host[], results: readonly HostResult[]): SiteLayers {
  const seen = results.flatMap((result) =>
    sightingsOf(result).map((sighting) => ({ by: result.name, sighting })),
  );
  const virtual = new Map(
    seen.flatMap(({ sighting: { virtual: each } }) => (each ? [[each.address, each]] : [])),
  );
  const answers = answersBy(seen);
  const names = [...new Set([...hosts.map(({ name }) => name), ...answers.keys()])];
  const siteHost = (name: string): SiteHost => ({
    name,
    address: hosts.find((host) => host.name === name)?.address ?? '',
    result: results.find((result) => result.name === name),
    holds: [...virtual.values()]
      .filter(({ holders }) => holders.includes(name))
      .map(({ address }) => address),
    answers: answers.get(name) ?? new Map(),
  });
  const depth = depths(names, answers);
  const layers = [...new Set(depth.values())]
    .sort((one, other) => one - other)
    .map((level) => {
      const here = names.filter((name) => depth.get(name) === level);
      return boxesOf(here.map(siteHost), hosts);
    });
  const client = seen.map(({ sighting }) => sighting.client).find((each) => each !== undefined);
  return { client, virtual: [...virtual.values()], layers };
}

function sightingsOf({ steps, checks = [] }: HostResult): Sighting[] {
  const sighted = ({ sighting }: StepResult) => (sighting ? [sighting] : []);
  return [...steps, ...checks].flatMap(sighted);
}

type Answers = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Who was met, by whose checks, and how often; what a host says of itself is no way between hosts. */
function answersBy(seen: readonly { by: string; sighting: Sighting }[]): Answers {
  const answers = new Map<string, Map<string, number>>();
  for (const { by, sighting } of seen) {
    for (const [name, count] of Object.entries(sighting.reached ?? {})) {
      // One certificate of several hosts does not tell which of them it was.
      if (name === by || name.includes(' or ')) continue;
      const own = answers.get(name) ?? new Map<string, number>();
      answers.set(name, own.set(by, (own.get(by) ?? 0) + count));
    }
  }
  return answers;
}

/** How many hosts a request passes before each, by the shortest way. */
function depths(names: readonly string[], answers: Answers): ReadonlyMap<string, number> {
  const first = names.filter((name) => !answers.has(name));
  const depth = new Map((first.length > 0 ? first : names).map((name) => [name, 0]));
  for (const [name, level] of depth) {
    const next = names.filter((each) => !depth.has(each) && answers.get(each)?.has(name));
    for (const each of next) depth.set(each, level + 1);
  }
  for (const name of names) if (!depth.has(name)) depth.set(name, 0);
  return depth;
}

function boxesOf(members: readonly SiteHost[], hosts: readonly Host[]): SiteBox[] {
  const boxes = new Map<string, { title: string; hosts: SiteHost[] }>();
  for (const member of members) {
    const groups = hosts.find(({ name }) => name === member.name)?.groups ?? [];
    const key = groups.join();
    const box = boxes.get(key) ?? { title: groups.at(-1) ?? '', hosts: [] };
    box.hosts.push(member);
    boxes.set(key, box);
  }
  return [...boxes.values()];
}

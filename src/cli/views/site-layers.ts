import type { Host, HostResult, Sighting, StepResult } from '../../model/index.ts';

/** A host on the way from the client to the servers. */
export interface SiteHost {
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
export interface SiteBox {
  readonly title: string;
  readonly hosts: readonly SiteHost[];
}

/** A site as its checks have met it, in the order in which a request goes through it. */
export interface SiteLayers {
  /** The address that requests came from. */
  readonly client: string | undefined;
  readonly virtual: readonly NonNullable<Sighting['virtual']>[];
  readonly layers: readonly (readonly SiteBox[])[];
}

/** A check of one host that met another says that requests go from the one to the other. */
export function siteLayers(hosts: readonly Host[], results: readonly HostResult[]): SiteLayers {
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

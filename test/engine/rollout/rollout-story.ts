import { Fleet } from '../../../src/engine/fleet.ts';
import type {
  Check,
  Errand,
  Facts,
  Host,
  HostResult,
  Pending,
  Play,
  Rollout,
  RolloutResult,
  Step,
} from '../../../src/model/index.ts';
import { readTogether } from '../../../src/remote/index.ts';
import { entry, ToyHost } from '../toy-host.ts';

/** Hosts of a play and a balancer before them; what is done anywhere is in `log`, in its order, as `HOST: line`. */
export class Story {
  readonly toys = new Map<string, ToyHost>();
  readonly log: string[] = [];
  readonly interruption = new AbortController();
  readonly #names: readonly string[];

  constructor(...names: string[]) {
    this.#names = names;
    for (const name of [...names, 'lb']) {
      const toy = new ToyHost();
      toy.afterCommand = (line) => {
        if (/^(set|fail|noop)/.test(line)) this.log.push(`${name}: ${line}`);
      };
      this.toys.set(name, toy);
    }
  }

  toy(name: string): ToyHost {
    const found = this.toys.get(name);
    if (!found) throw new Error(`no toy ${name}`);
    return found;
  }

  play(rollout: Partial<Rollout> = {}, more: Partial<Play> = {}): Play {
    return {
      name: 'web',
      hosts: this.#names.map(host),
      place: undefined,
      steps: () => [page()],
      checks: () => [],
      ...more,
      rollout: { serial: [1], maxFail: 0, last: () => undefined, before: drain, after: undrain, ...rollout },
    };
  }

  open(...plays: Play[]): Promise<Fleet> {
    return Fleet.open(plays, {
      connect: ({ name }) => this.toy(name).connect(),
      readTogether,
      readFacts: async (reader) => ({ hostname: (await reader.probe(['get', 'name'])).stdout }) as Facts,
      listener: () => {},
      project: { root: '/nowhere' },
      run: { id: 'this-run', by: 'somebody' },
      signal: this.interruption.signal,
      forks: 4,
    });
  }

  async run(...plays: Play[]): Promise<{ hosts: HostResult[]; rollouts: readonly RolloutResult[] }> {
    const fleet = await this.open(...plays);
    await fleet.plan();
    return { hosts: await fleet.apply(), rollouts: fleet.rollouts };
  }
}

export function host(name: string): Host {
  return { name, address: name, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars: {} };
}

export const page = (value = 'new'): Step => entry({ key: 'page', value });

export const onLb = (step: Step): Errand => ({ hosts: [host('lb')], step });

export const drain = ({ name }: Host): Errand[] => [onLb(entry({ key: name, value: 'drain' }))];

export const undrain = ({ name }: Host): Errand[] => [onLb(entry({ key: name, value: 'ready' }))];

export function check(run: Check['run']): Check {
  return { kind: 'check', name: 'it serves', place: undefined, disturbs: false, run };
}

export type { Pending };

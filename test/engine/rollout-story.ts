import { Run } from '../../src/engine/run.ts';
import type {
  Check,
  Hook,
  Host,
  HostResult,
  Pending,
  Play,
  Rollout,
  RolloutResult,
  Step,
} from '../../src/model/index.ts';
import { entry, ToyHost } from './toy-host.ts';
import { toyHost as host, toyContext } from './toy-run.ts';

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

  open(...plays: Play[]): Promise<Run> {
    const { signal } = this.interruption;
    return Run.prepare(plays, toyContext({ toy: (name) => this.toy(name), signal }));
  }

  async run(...plays: Play[]): Promise<{ hosts: HostResult[]; rollouts: readonly RolloutResult[] }> {
    const run = await this.open(...plays);
    await run.plan();
    return { hosts: await run.apply(), rollouts: run.rollouts };
  }
}

export const page = (value = 'new'): Step => entry({ key: 'page', value });

export const onLb = (step: Step): Hook => ({ hosts: [host('lb')], step });

export const drain = ({ name }: Host): Hook[] => [onLb(entry({ key: name, value: 'drain' }))];

export const undrain = ({ name }: Host): Hook[] => [onLb(entry({ key: name, value: 'ready' }))];

export function check(run: Check['run']): Check {
  return { kind: 'check', name: 'it serves', place: undefined, disturbs: false, run };
}

export type { Pending };
export { host };

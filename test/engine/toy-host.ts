import { z } from 'zod';
import {
  type Answer,
  type Batch,
  type BatchAnswers,
  blocked,
  defineResource,
  differs,
  type Invocation,
  type Job,
  LinkLostError,
  type Remote,
  type RemoteFile,
  skipped,
  UnreachableError,
  unknown,
} from '../../src/model/index.ts';

/** A host that is a table of entries: `get KEY`, `set KEY VALUE`, `fail`; for the engine's own decisions. */
export class ToyHost {
  readonly entries = new Map<string, string>();
  readonly log: string[] = [];
  /** Called before each exec, with its number from 1. */
  beforeExec: (exec: number) => void = () => {};
  /** Called after each command that was done. */
  afterCommand: (line: string) => void = () => {};
  connections = 0;
  /** Who else applies here. */
  lockedBy: string | undefined;
  unreachable: boolean | Error = false;
  /** What SELinux has refused, as its audit log has it. */
  denials = '';

  connect(): Promise<Remote> {
    if (this.unreachable instanceof Error) return Promise.reject(this.unreachable);
    if (this.unreachable) return Promise.reject(new UnreachableError('no route to host'));
    this.connections += 1;
    return Promise.resolve(new ToyRemote(this));
  }

  do({ command }: Invocation): Answer {
    const line = command.join(' ');
    this.log.push(line);
    const answer = this.#do(command);
    this.afterCommand(line);
    return answer;
  }

  #do([verb, key = '', value = '']: readonly string[]): Answer {
    if (verb === 'get') return output(this.entries.has(key) ? 0 : 1, this.entries.get(key) ?? '');
    if (verb === 'sh' && value.includes('flock'))
      return this.lockedBy ? output(75, '', this.lockedBy) : output(0);
    if (verb === 'sh' && value.includes('avc:')) return output(0, this.denials);
    if (verb === 'set') this.entries.set(key, value);
    return verb === 'fail' ? output(7, '', 'it broke') : output(0);
  }
}

function output(code: number, stdout = '', stderr = ''): Answer {
  return { kind: 'output', output: { code, stdout, stderr, bytes: Buffer.from(stdout) } };
}

class ToyRemote implements Remote {
  readonly #host: ToyHost;
  execs = 0;

  constructor(host: ToyHost) {
    this.#host = host;
  }

  async run({ actions, probes }: Batch): Promise<BatchAnswers> {
    this.execs += 1;
    this.#host.beforeExec(this.execs);
    let failed = false;
    const done = actions.map((action) => {
      const answer: Answer = failed ? { kind: 'skipped' } : this.#host.do(action);
      failed ||= answer.kind === 'output' && answer.output.code !== 0;
      return answer;
    });
    return { actions: done, probes: probes.map((probe) => this.#host.do(probe)) };
  }

  async write({ path, content }: RemoteFile): Promise<Answer> {
    this.execs += 1;
    return this.#host.do({ command: ['set', path, content.toString()], limit: 1 });
  }

  async runDetached(_job: Job, invocation: Invocation): Promise<Answer> {
    this.execs += 1;
    return this.#host.do(invocation);
  }

  async reconnectTest(): Promise<void> {
    await this.#host.connect();
  }

  async close(): Promise<void> {}
}

export function linkLost(): never {
  throw new LinkLostError('the link is gone');
}

/** An entry of a toy host; `needs` is another entry without which it cannot be. */
export const entry = defineResource({
  kind: 'entry',
  schema: z.strictObject({
    key: z.string(),
    value: z.string(),
    needs: z.string().optional(),
    /** What it does instead of setting the value. */
    run: z.tuple([z.string()]).rest(z.string()).optional(),
    detached: z.boolean().optional(),
    undo: z.tuple([z.string()]).rest(z.string()).optional(),
    /** Why it does not apply to the host. */
    skip: z.string().optional(),
  }),
  name: ({ key }) => key,
  manages: ({ key }) => [`entry:${key}`],
  async read({ key, needs }, host) {
    const [own, needed] = await Promise.all([
      host.probe(['get', key], { expect: [0, 1] }),
      needs === undefined ? undefined : host.probe(['get', needs], { expect: [0, 1] }),
    ]);
    return { value: own.code === 0 ? own.stdout : undefined, lacks: needed?.code === 1 };
  },
  diff({ key, value, needs = '', run, detached, undo, skip }, state, effects) {
    if (skip !== undefined) return skipped(skip);
    const prediction = effects.appears(needs);
    if (state.lacks)
      return prediction ? unknown(prediction.step, `${needs} is missing`) : blocked(`no ${needs}`);
    if (state.value === value) return differs([]);
    const exec = run ?? (['set', key, value] as const);
    const action = { exec, ...(detached ? { detached } : {}), ...(undo ? { undo } : {}) };
    const before = state.value === undefined ? { whole: true } : { before: state.value };
    const summary = `${state.value} → ${value}`;
    return differs([{ aspect: 'value', summary, ...before, actions: [action] }]);
  },
  effects: ({ key }) => ({ appears: [key] }),
});

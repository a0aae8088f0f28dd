import fc from 'fast-check';
import { describe, it } from 'vitest';
import { parseRule, parseSave, type Rule } from '../../../src/resources/iptables/parse-save.ts';
import { isChanged, placeRules } from '../../../src/resources/iptables/place-rules.ts';
import { editSavedFile, readSavedFile, restoreAction } from '../../../src/resources/iptables/saved-file.ts';

/** A rule as a packet meets it, apart from how the code under test reads it. */
interface Model {
  readonly source: string | undefined;
  readonly input: string | undefined;
  readonly port: readonly [number, number] | undefined;
  readonly state: readonly string[] | undefined;
  readonly target: string;
}

interface Packet {
  readonly source: string;
  readonly input: string;
  readonly protocol: string;
  readonly port: number;
  readonly state: string;
}

const NETWORKS: Record<string, readonly string[]> = {
  '10.0.0.1/32': ['10.0.0.1'],
  '10.0.0.0/8': ['10.0.0.1', '10.9.9.9'],
  '192.168.0.0/16': ['192.168.0.1'],
};

const models: fc.Arbitrary<Model> = fc.record({
  source: fc.constantFrom(undefined, ...Object.keys(NETWORKS)),
  input: fc.constantFrom(undefined, undefined, 'lo', 'eth0'),
  port: fc.constantFrom<Model['port'][]>(undefined, [80, 80], [443, 443], [80, 443], [1, 79]),
  state: fc.constantFrom<Model['state'][]>(undefined, undefined, ['NEW'], ['RELATED', 'ESTABLISHED']),
  target: fc.constantFrom('ACCEPT', 'ACCEPT', 'DROP', 'REJECT'),
});

const packets: Packet[] = ['10.0.0.1', '10.9.9.9', '192.168.0.1', '8.8.8.8'].flatMap((source) =>
  ['lo', 'eth0'].flatMap((input) =>
    ['tcp', 'udp'].flatMap((protocol) =>
      [79, 80, 443].flatMap((port) =>
        ['NEW', 'ESTABLISHED', 'INVALID'].map((state) => ({ source, input, protocol, port, state })),
      ),
    ),
  ),
);

function textOf({ source, input, port, state, target }: Model): string {
  return [
    '-A INPUT',
    source && `-s ${source}`,
    input && `-i ${input}`,
    port && `-p tcp -m tcp --dport ${port[0] === port[1] ? port[0] : port.join(':')}`,
    state && `-m conntrack --ctstate ${state.join(',')}`,
    `-j ${target}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function matches(model: Model, packet: Packet): boolean {
  return (
    (!model.source || (NETWORKS[model.source]?.includes(packet.source) ?? false)) &&
    (!model.input || model.input === packet.input) &&
    (!model.port ||
      (packet.protocol === 'tcp' && model.port[0] <= packet.port && packet.port <= model.port[1])) &&
    (!model.state || model.state.includes(packet.state))
  );
}

const verdict = (models: readonly Model[], packet: Packet) =>
  models.find((model) => matches(model, packet))?.target;

const NONE = new Set<string>();
const saveOf = (texts: readonly string[]) => `*filter\n:INPUT ACCEPT [0:0]\n${texts.join('\n')}\nCOMMIT\n`;

/** What iptables-restore makes of a batch. */
function restored(list: readonly string[], batch: string): string[] {
  const result = [...list];
  for (const line of batch.split('\n').filter((one) => one.startsWith('-'))) {
    const [, command, at, rest] = /^-([AID]) INPUT(?: (\d+)(?= |$))?(.*)$/.exec(line) ?? [];
    if (command === 'D') result.splice(Number(at) - 1, 1);
    else result.splice(command === 'I' ? Number(at) - 1 : result.length, 0, `-A INPUT${rest}`);
  }
  return result;
}

describe('wherever the rules of others stand', () => {
  const lists = fc.record({
    others: fc.array(models, { maxLength: 7 }),
    ours: fc.array(models, { minLength: 1, maxLength: 4 }),
    stands: fc.array(fc.nat(20), { maxLength: 4 }),
  });

  it('ours act, the others keep their order, and a second look finds nothing', () => {
    fc.assert(
      fc.property(lists, ({ others, ours, stands }) => {
        const all = new Map([...others, ...ours].map((model) => [textOf(model), model]));
        const wanted = [...new Set(ours.map(textOf))].map(parseRule);
        const before = others.map(textOf);
        for (const [index, at] of stands.entries()) {
          const rule = wanted[index % wanted.length];
          if (rule) before.splice(at % (before.length + 1), 0, rule.text);
        }
        const list = parseSave(saveOf(before));
        const placement = placeRules('INPUT', list.rules, wanted, NONE);
        const after = placement.after.map(({ rule }) => rule.text);

        const result = after.flatMap((text) => all.get(text) ?? []);
        const acting = packets.every((packet) => {
          const ruled = verdict(ours, packet);
          return ruled === undefined || verdict(result, packet) === ruled;
        });
        const keys = new Set(wanted.map(({ key }) => key));
        const foreign = (texts: readonly string[]) =>
          texts.filter((text) => !keys.has(parseRule(text).key)).join('\n');
        const again = placeRules('INPUT', after.map(parseRule), wanted, NONE);
        if (!acting) throw new Error(`a rule does not act in\n${after.join('\n')}`);
        if (foreign(before) !== foreign(after)) throw new Error(`others were moved:\n${after.join('\n')}`);
        if (isChanged(again)) throw new Error(`not settled:\n${after.join('\n')}`);
        agree(before, after, placement);
      }),
      { numRuns: 500 },
    );
  });

  /** The batch for the running list and the edited file both come to what was decided. */
  function agree(before: string[], after: string[], placement: ReturnType<typeof placeRules>) {
    const list = parseSave(saveOf(before));
    const action = restoreAction('iptables', 'filter', list, [placement]);
    const batch = 'exec' in action ? (action.stdin ?? '') : '';
    if (restored(before, batch).join('\n') !== after.join('\n'))
      throw new Error(`the batch differs: ${batch}`);
    const file = readSavedFile(saveOf(before), 'filter', list);
    if ('problem' in file) throw new Error(file.problem);
    const edited = parseSave(editSavedFile(file, 'filter', [placement])).rules.map(({ text }: Rule) => text);
    if (edited.join('\n') !== after.join('\n')) throw new Error(`the file differs:\n${edited.join('\n')}`);
  }
});

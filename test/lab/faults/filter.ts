import type { Fault, Target } from './fault.ts';
import { addTable, hasTable, removeTable } from './table.ts';

const chain = (hook: string, rule: string) =>
  `chain ${hook} { type filter hook ${hook} priority 0; policy accept; ${rule}; }`;

function mending(kind: string): Pick<Fault, 'mend' | 'isOn'> {
  return {
    mend: (target: Target) => removeTable(target, kind),
    isOn: (target: Target) => hasTable(target, kind),
  };
}

export const reject: Fault = {
  does: 'every packet to its port 22 is answered by a reset',
  cause: (target) =>
    addTable(
      target,
      'reject',
      chain('output', `ip daddr ${target.host.address} tcp dport 22 reject with tcp reset`),
    ),
  ...mending('reject'),
};

export const drop: Fault = {
  takes: { name: 'PERCENT', pattern: /^(\d\d?|100)$/ },
  does: 'so many packets are lost, each way',
  cause(target, percent) {
    const lose = percent === '100' ? 'drop' : `numgen random mod 100 < ${percent} drop`;
    const { address } = target.host;
    const chains = [
      chain('output', `ip daddr ${address} ${lose}`),
      chain('input', `ip saddr ${address} ${lose}`),
    ];
    return addTable(target, 'drop', chains.join('\n'));
  },
  ...mending('drop'),
};

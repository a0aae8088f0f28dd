import { describe, expect, it } from 'vitest';
import { HostPlays } from '../../src/engine/host-plays.ts';
import { type Facts, FactsNeeded } from '../../src/model/index.ts';
import { toyHost } from './toy-run.ts';

const facts: Facts = {
  ...{ hostname: 'a', os: 'centos', osVersion: '9', osName: 'CentOS Stream 9', kernel: '5.14' },
  ...{ architecture: 'x86_64', cpus: 2, memoryMiB: 512, addresses: {}, selinux: 'disabled' },
};

/** Facts that count how often the host is asked for them. */
function counted() {
  const asked: string[] = [];
  const ask = async () => {
    asked.push('facts');
    return facts;
  };
  return { host: new HostPlays(toyHost('a'), [], { project: { root: '/' } }, ask), asked };
}

function hostname(known: Facts | undefined): string {
  if (!known) throw new FactsNeeded();
  return known.hostname;
}

describe('facts of a host', () => {
  it('are not read for a job that needs none', async () => {
    const { host, asked } = counted();
    expect(await host.withFacts(() => 'done')).toBe('done');
    expect({ asked, known: host.facts }).toEqual({ asked: [], known: undefined });
  });

  it('are read once, for the first job that needs them', async () => {
    const { host, asked } = counted();
    expect([await host.withFacts(hostname), await host.withFacts(hostname), host.facts?.os]).toEqual([
      'a',
      'a',
      'centos',
    ]);
    expect(asked).toEqual(['facts']);
  });

  it('are no help for a job that fails otherwise', async () => {
    const { host, asked } = counted();
    const fail = () => {
      throw new Error('a mistake');
    };
    await expect(host.withFacts(fail)).rejects.toThrow('a mistake');
    expect(asked).toEqual([]);
  });
});

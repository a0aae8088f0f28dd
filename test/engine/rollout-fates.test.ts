import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check, host, onLb, Story } from './rollout-story.ts';
import { entry } from './toy-host.ts';

type Fate =
  | 'fine'
  | 'nothing to do'
  | 'left open'
  | 'before fails'
  | 'fails'
  | 'after fails'
  | 'check fails'
  | 'away';

const fates = fc.constantFrom<Fate>(
  ...(['fine', 'fine', 'fine', 'nothing to do', 'left open', 'before fails'] as const),
  ...(['fails', 'after fails', 'check fails', 'away'] as const),
);

/** Whatever happens to the hosts: */
it('never opens more than a batch, leaves nothing open that could be closed, and stops in time', async () => {
  const hosts = fc.array(fates, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      hosts,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      async (all, size, maxFail) => {
        const names = all.map((_, index) => `h${index}`);
        const fateOf = (name: string): Fate => all[names.indexOf(name)] ?? 'fine';
        const story = new Story(...names);
        for (const name of names) {
          if (fateOf(name) === 'nothing to do') story.toy(name).entries.set('page', 'new');
          if (fateOf(name) === 'away') story.toy(name).unreachable = true;
          story.toy('lb').entries.set(name, fateOf(name) === 'left open' ? 'drain' : 'ready');
        }
        const failing = (name: string, fate: Fate) =>
          fateOf(name) === fate ? { run: ['fail'] as [string] } : {};
        const balancer = {
          ...story.play(),
          hosts: [host('lb')],
          steps: () => [entry({ key: 'x', value: '1' })],
        };
        const { rollout: _, ...plain } = balancer;
        const { hosts: results, rollouts } = await story.run(
          story.play(
            {
              serial: [size],
              maxFail,
              before: ({ name }) => [
                onLb(entry({ key: name, value: 'drain' })),
                onLb(entry({ key: `${name} sessions`, value: '0', ...failing(name, 'before fails') })),
              ],
              after: ({ name }) => [
                onLb(entry({ key: name, value: 'ready', ...failing(name, 'after fails') })),
              ],
            },
            {
              steps: ({ name }) => [entry({ key: 'page', value: 'new', ...failing(name, 'fails') })],
              checks: ({ name }) => [
                check(async () => ({ ok: fateOf(name) !== 'check fails', detail: 'seen' })),
              ],
            },
          ),
          plain,
        );
        const resultOf = (name: string) => results.find((result) => result.name === name);
        const bad = names.filter((name) => ['failed', 'unreachable'].includes(resultOf(name)?.status ?? ''));

        let open = new Set(names.filter((name) => fateOf(name) === 'left open'));
        const leftOpen = open.size;
        for (const line of story.log) {
          const [, name = '', state] = /^lb: set (h\d) (drain|ready)$/.exec(line) ?? [];
          if (state === 'drain') open = open.add(name);
          if (state === 'ready') open.delete(name);
          const stuck = names.filter((one) => fateOf(one) === 'after fails').length;
          expect(open.size).toBeLessThanOrEqual(Math.max(size, leftOpen) + stuck);
        }
        const begun = (rollouts[0]?.batches ?? []).flat();
        for (const name of begun) {
          const drained = story.toy('lb').entries.get(name) === 'drain';
          expect([name, drained]).toEqual([name, fateOf(name) === 'after fails']);
        }
        const notReached = rollouts[0]?.notReached ?? [];
        for (const name of notReached) expect(story.toy(name).entries.has('page')).toBe(false);
        expect(new Set([...begun, ...notReached]).size).toBe(begun.length + notReached.length);
        if (notReached.length > 0) expect(bad.length).toBeGreaterThan(0);
        if (begun.length > 0 && bad.length > maxFail) expect(rollouts[0]?.stopped).toBeDefined();
        // Later plays are not begun after a stop, and are otherwise.
        expect(story.toy('lb').entries.has('x')).toBe(rollouts[0]?.stopped === undefined);
      },
    ),
    { numRuns: 150 },
  );
});

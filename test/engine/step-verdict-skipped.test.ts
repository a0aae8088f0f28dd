import { expect, it } from 'vitest';
import { verdictAfter, verdictBefore } from '../../src/engine/step-verdict.ts';
import type { Change, PreparedStep } from '../../src/model/index.ts';
import { differs, skipped, unknown } from '../../src/model/index.ts';

const change: Change = { aspect: 'saved', summary: 'saved permissive → disabled', actions: [] };
const planned = {
  step: { kind: 'selinuxMode', name: 'disabled' } as PreparedStep,
  finding: differs([change]),
};
const reason = 'disabled is saved, but the host is permissive until it is rebooted';

it('a step that was changed, and for which nothing more can be done now, is changed; the rest is a note', () => {
  const result = verdictAfter(planned, [change], { findings: new Map() }, skipped(reason));
  expect(result).toMatchObject({ status: 'changed', note: reason, changes: [{ summary: change.summary }] });
});

it('a step that turns out not to apply before anything was done is skipped', () => {
  for (const finding of [planned.finding, unknown('yumPackage x', 'y')])
    expect(verdictBefore({ ...planned, finding }, skipped(reason))).toMatchObject({
      result: { status: 'skipped', note: reason },
    });
});

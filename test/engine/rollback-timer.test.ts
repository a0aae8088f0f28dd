import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { rollbackTimer } from '../../src/engine/rollback-timer.ts';
import { localReader } from '../local-reader.ts';

describe.each(['dash', 'bash'] as const)('the timer that undoes, by %s', (shell) => {
  it('undoes where its claim cannot be made, since nobody has made it', async () => {
    const undone = join(mkdtempSync(join(tmpdir(), 'trueup-guard-')), 'undone');
    await localReader(shell).probe(rollbackTimer(['touch', undone]).rollBack.command);
    expect(existsSync(undone)).toBe(true);
  });

  it('does not say that the host has undone a change when it has not', async () => {
    const said = await localReader(shell).probe(rollbackTimer(['true']).confirm.command, { expect: [1] });
    expect(said.stderr).not.toContain('has undone');
    expect(said.stderr).toContain('No such file or directory');
  });

  it('leaves no folder of a change that was kept, and does not undo it', async () => {
    const own = mkdtempSync(join(tmpdir(), 'trueup-guard-'));
    const host = localReader(shell, { replace: { '/run/trueup': own } });
    const undone = join(own, 'undone');
    const { start, confirm } = rollbackTimer(['touch', undone], 0.5);
    await host.probe(start.command);
    await host.probe(confirm.command);
    expect(readdirSync(join(own, 'undo'))).toHaveLength(1);
    await vi.waitFor(() => expect(readdirSync(join(own, 'undo'))).toEqual([]), { timeout: 10_000 });
    expect(existsSync(undone)).toBe(false);
  });
});

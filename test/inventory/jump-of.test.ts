import { describe, expect, it } from 'vitest';
import { hopsOfProxyCommand, isJump } from '../../src/inventory/jump-of.ts';

describe('jump hosts', () => {
  it.each(['bastion', 'user@bastion:2222,inner', 'none', 'me@10.0.0.1:22,b', 'ssh://me@b:22'])(
    'are %s',
    (text) => {
      expect(isJump(text)).toBe(true);
    },
  );

  it.each(['-J bastion', '-oProxyCommand=sh', 'bastion; reboot', 'a b', ''])('are not: %s', (text) => {
    expect(isJump(text)).toBe(false);
  });

  it.each<[string, string | undefined]>([
    ['ssh -W %h:%p -q me@bastion', 'me@bastion'],
    ['ssh -W [%h]:%p bastion', 'bastion'],
    ['ssh bastion -W %h:%p', 'bastion'],
    ['nc -X 5 %h %p', undefined],
    ['ssh -W %h:%p -i key bastion', undefined],
    ['ssh -W %h:%p a,b', undefined],
    ['ssh -W %h:%p $(reboot)', undefined],
  ])('of the ProxyCommand %s', (command, hop) => {
    expect(hopsOfProxyCommand(command)).toEqual(hop && { jump: [hop] });
  });
});

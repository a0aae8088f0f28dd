import { describe, expect, it } from 'vitest';
import { jumpOf } from '../../src/inventory/jump-of.ts';

describe('the jump hosts of', () => {
  it.each<[string, string | undefined]>([
    ['bastion', 'bastion'],
    ['user@bastion:2222,inner', 'user@bastion:2222,inner'],
    ['none', 'none'],
    ['-J bastion', 'bastion'],
    ['-J me@10.0.0.1:22,b', 'me@10.0.0.1:22,b'],
    ['-o ProxyJump=bastion', 'bastion'],
    ["-o 'ProxyJump=bastion'", 'bastion'],
    ['-oProxyJump=bastion', 'bastion'],
    ['-o ProxyCommand="ssh -W %h:%p -q me@bastion"', 'me@bastion'],
    ["-o 'ProxyCommand=ssh -W [%h]:%p bastion'", 'bastion'],
    ['-o ProxyCommand="ssh bastion -W %h:%p"', 'bastion'],
    ['-o ProxyCommand="nc -X 5 %h %p"', undefined],
    ['-o ProxyCommand="ssh -W %h:%p -i key bastion"', undefined],
    ['-o StrictHostKeyChecking=no', undefined],
    ['-J bastion -o Compression=yes', undefined],
    ['-J -oProxyCommand=sh', undefined],
    ['bastion; reboot', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(jumpOf(text)).toBe(expected);
  });
});

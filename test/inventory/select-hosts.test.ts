import { describe, expect, it } from 'vitest';
import { selectHosts } from '../../src/inventory/select-hosts.ts';
import { type Host, InputError } from '../../src/model/index.ts';

const names = ['lb-01', 'lb-02', 'nginx-01', 'nginx-02', 'fe80::1'];
const hosts = names.map((name, index) => ({ name, address: `192.0.2.${index + 1}` }) as Host);
const members = (...of: string[]) => hosts.filter(({ name }) => of.includes(name));
const inventory = {
  hosts,
  groups: new Map<string, readonly Host[]>([
    ['all', hosts],
    ['loadbalancers', members('lb-01', 'lb-02')],
    ['webservers', members('nginx-01', 'nginx-02')],
    ['canary', members('nginx-02', 'lb-02')],
    ['empty', []],
  ]),
};

describe('selectHosts', () => {
  it.each([
    ['all', names],
    ['*', names],
    ['lb-01', ['lb-01']],
    ['webservers', ['nginx-01', 'nginx-02']],
    ['nginx-02,lb-01', ['lb-01', 'nginx-02']],
    ['nginx-02:lb-01', ['lb-01', 'nginx-02']],
    [' nginx-02 , lb-01 ,', ['lb-01', 'nginx-02']],
    ['lb-01,lb-01,loadbalancers', ['lb-01', 'lb-02']],
    ['all,!webservers,!fe80::1', ['lb-01', 'lb-02']],
    ['!webservers,!fe80::1', ['lb-01', 'lb-02']],
    ['!lb-01,loadbalancers', ['lb-02']],
    ['webservers:&canary', ['nginx-02']],
    ['&canary', ['lb-02', 'nginx-02']],
    ['&canary,&webservers,all', ['nginx-02']],
    ['lb-*', ['lb-01', 'lb-02']],
    ['*-0?,!lb-*', ['nginx-01', 'nginx-02']],
    ['web*', ['nginx-01', 'nginx-02']],
    ['fe80::1', ['fe80::1']],
    ['fe80::1,lb-01', ['lb-01', 'fe80::1']],
    ['empty', []],
    ['lb-01,!lb-01', []],
    ['web*:!nginx-02', ['nginx-01']],
    ['webservers:!nginx-02', ['nginx-01']],
    ['webservers[0]', ['nginx-01']],
    ['webservers[-1]', ['nginx-02']],
    ['all[1:2]', ['lb-02', 'nginx-01']],
    ['all[3:]', ['nginx-02', 'fe80::1']],
    ['all[0:1]:&canary', ['lb-02']],
    ['all:!webservers[0:1]:!fe*', ['lb-01', 'lb-02']],
    ['lb-*[1]', ['lb-02']],
    ['lb-[01:02]', ['lb-01', 'lb-02']],
    ['lb-[01:02],nginx-02', ['lb-01', 'lb-02', 'nginx-02']],
    ['nginx-0[12]', ['nginx-01', 'nginx-02']],
    ['nginx-0[!2]', ['nginx-01']],
    ['~(lb|nginx)-01', ['lb-01', 'nginx-01']],
    ['~.*-01$,!lb-01', ['nginx-01']],
    // No place in what `~nginx-0` names, but an expression to its end.
    ['~nginx-0[12]', ['nginx-01', 'nginx-02']],
    ['~nginx-0[1]', ['nginx-01']],
  ])('%s', (pattern, expected) => {
    expect(selectHosts(inventory, pattern).map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    ['webserver', 'no host or group is called `webserver`: did you mean `webservers`?'],
    ['all,!nginx-03', 'no host or group is called `nginx-03` (in `all,!nginx-03`): did you mean `nginx-01`?'],
    ['all,&nothing', 'no host or group is called `nothing` (in `all,&nothing`)'],
    ['lb-[02:03]', 'no host or group is called `lb-03` (in `lb-[02:03]`): did you mean `lb-01`?'],
    ['webservers[2]', '`webservers[2]` is behind the end: `webservers` has 2 hosts, counted from 0'],
    ['web[0:1]', 'no host or group is called `web0` (in `web[0:1]`)'],
    ['~db.*', 'no host or group matches `~db.*`'],
    ['db-*', 'no host or group matches `db-*`'],
    ['lb.01', 'no host or group is called `lb.01`: did you mean `lb-01`?'],
    ['LB-1', 'no host or group is called `LB-1`: did you mean `lb-01`?'],
    ['192.0.2.2', 'no host or group is called `192.0.2.2`: did you mean `lb-02`?'],
    ['lb.*', 'no host or group matches `lb.*`'],
    ['all:!fe80::1', 'no host or group is called `1` (in `all:!fe80::1`)'],
    ['', 'expected names of hosts or groups, found an empty pattern'],
    [' , ', 'expected names of hosts or groups, found an empty pattern'],
    ['!', 'no host or group is called `` (in `!`)'],
  ])('refuses %j', (pattern, message) => {
    expect(() => selectHosts(inventory, pattern)).toThrow(new InputError(message));
  });

  it('says what goes between names where there was a space', () => {
    expect(() => selectHosts(inventory, 'all !lb-01')).toThrow(
      expect.objectContaining({ advice: 'Between names there is a comma, as in `web*,!web-02`.' }),
    );
  });
});

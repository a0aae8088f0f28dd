import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/index.ts';
import { parseExtraVars } from '../../src/playbook/extra-vars.ts';
import { projectFolder } from '../project-folder.ts';

function valuesOf(list: readonly string[]): Record<string, unknown> {
  return Object.fromEntries([...parseExtraVars(list)].map(([name, { value }]) => [name, value]));
}

describe('parseExtraVars', () => {
  it.each<[list: string[], vars: Record<string, unknown>]>([
    [[], {}],
    [['a=1', 'b=1.5', 'c=true', 'd=text', 'e=null'], { a: 1, b: 1.5, c: true, d: 'text', e: null }],
    [['a="1"', "b='yes'", 'c=yes'], { a: '1', b: 'yes', c: 'yes' }],
    [['a='], { a: '' }],
    [['a=b=c', 'b=x y'], { a: 'b=c', b: 'x y' }],
    [['a=[1, x]', 'b={c: 1}'], { a: [1, 'x'], b: { c: 1 } }],
    [['a=1', 'a=2'], { a: 2 }],
    [['{"a": 1, "b": [true]}', ' {b: x}'], { a: 1, b: 'x' }],
    [['a="b c=d"', "b='x y=z'"], { a: 'b c=d', b: 'x y=z' }],
    [['a=line\nline'], { a: 'line line' }],
  ])('%j', (list, vars) => {
    expect(valuesOf(list)).toEqual(vars);
  });

  it('reads files', () => {
    const root = projectFolder({ 'vars.yml': 'a: 1\nb: [x]\n', 'empty.yml': '# nothing' });
    const list = ['a=0', `@${join(root, 'vars.yml')}`, 'b=2', `@${join(root, 'empty.yml')}`];
    expect(valuesOf(list)).toEqual({ a: 1, b: 2 });
  });

  it.each([
    ['maxconn', '-e maxconn: expected NAME=VALUE or @FILE'],
    ['=1', '-e =1: expected NAME=VALUE or @FILE'],
    ['a b=1', '-e a b=1: expected NAME=VALUE or @FILE'],
    ['a=1 b=2', '-e a=1 b=2: looks like several vars in one -e'],
    ['{a: 1', '-e {a: 1: not a YAML value: Flow map'],
    ['a=[1', '-e a=[1: not a YAML value: Flow sequence'],
    ['a=b: c: d', '-e a=b: c: d: not a YAML value: Nested mappings'],
    ['a=*x', '-e a=*x: not a YAML value: Unresolved alias'],
    ['@{root}/no.yml', '-e @{root}/no.yml: there is no such file'],
    ['@{root}/list.yml', '{root}/list.yml:1:1: expected a mapping of vars'],
    ['@{root}/twice.yml', '{root}/twice.yml:2:1: Map keys must be unique'],
    ['@{root}/alias.yml', '{root}/alias.yml:1:1: Unresolved alias'],
  ])('refuses %s', (text, message) => {
    const root = projectFolder({ 'list.yml': '- a', 'twice.yml': 'a: 1\na: 2', 'alias.yml': 'a: *x' });
    const parse = () => parseExtraVars([text.replace('{root}', root)]);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message.replaceAll('{root}', root));
  });
});

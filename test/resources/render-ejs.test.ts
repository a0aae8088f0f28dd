import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, Secret } from '../../src/model/index.ts';
import { renderEjs } from '../../src/resources/render-ejs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trueup-ejs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function render(
  template: string,
  data: Record<string, unknown> = {},
  parts: Record<string, string> = {},
) {
  for (const [name, text] of Object.entries(parts)) {
    writeFileSync(join(folder, name), text);
  }
  return renderEjs(join(folder, 'main.ejs'), template, data);
}

describe('renderEjs', () => {
  it.each<[template: string, data: Record<string, unknown>, text: string]>([
    ['plain\n', {}, 'plain\n'],
    ['', {}, ''],
    ['<%= a %>&<%= b %>\n', { a: '<&>"', b: 12 }, '<&>"&12\n'],
    ['<%= yes %> <%= big %>', { yes: false, big: 10n }, 'false 10'],
    [
      '<% for (const s of list) { -%>\nserver <%= s %>\n<% } -%>\nend\n',
      { list: ['a', 'b'] },
      'server a\nserver b\nend\n',
    ],
    ['  <%_ if (true) { _%>  \nyes\n<%_ } _%>\n', {}, 'yes\n'],
    ['a\n<%# a comment\nover lines -%>\nb', {}, 'a\nb'],
    ['<%% literal %>\n%%>\n', {}, '<% literal %>\n%>\n'],
    ['pass <%= s %>\n', { s: new Secret('S', 'p4ss-of-render') }, 'pass p4ss-of-render\n'],
    ['<%- "two\\nlines" %>\n', {}, 'two\nlines\n'],
    ['a\r\n<% if (true) { -%>\r\nb\r\n<% } -%>\r\n', {}, 'a\r\nb\r\n'],
    [
      "<%= word('a-b') %> <%= quoted('say \"\\\\o\"') %> <%= ip('::1') %>:<%= port(80) %>",
      {},
      'a-b "say \\"\\\\o\\"" ::1:80',
    ],
    ['<%= port %>', { port: 8080 }, '8080'],
  ])('%j', async (template, data, text) => {
    expect((await render(template, data)).text).toBe(text);
  });

  it('includes, relative to the template', async () => {
    const parts = { 'part.ejs': 'part <%= x %>\n' };
    const { text } = await render(
      "<%- include('part.ejs', { x: 1 }) -%>\n<%- include('part', { x: 2 }) -%>\n",
      {},
      parts,
    );
    expect(text).toBe('part 1\npart 2\n');
  });
});

describe('templateLineOf', () => {
  it('knows where each line came from', async () => {
    const template = [
      'global', // 1
      '<% for (const s of [1, 2]) { -%>', // 2
      '  server <%= s %>', // 3
      '<% } -%>', // 4
      '<%# a comment', // 5
      'of two lines -%>', // 6
      "<%- include('part.ejs') -%>", // 7
      'joined <% if (true) { -%>', // 8
      'line<% } %>', // 9
      '<%- "x\\ny" %>', // 10
      '<% const over =', // 11
      '  1; %>over <%= over %>', // 12
      'end', // 13
    ].join('\n');
    const rendered = await render(template, {}, { 'part.ejs': 'p1\np2\n' });
    const lines = rendered.text.split('\n').map((line, index) => {
      const place = rendered.templateLineOf(index + 1);
      return `${line} ← ${place?.file.slice(folder.length + 1)}:${place?.line}`;
    });
    expect(lines).toEqual([
      'global ← main.ejs:1',
      '  server 1 ← main.ejs:3',
      '  server 2 ← main.ejs:3',
      'p1 ← part.ejs:1',
      'p2 ← part.ejs:2',
      'joined line ← main.ejs:8',
      'x ← main.ejs:10',
      'y ← main.ejs:10',
      'over 1 ← main.ejs:11',
      'end ← main.ejs:13',
    ]);
    expect(rendered.templateLineOf(11)).toBeUndefined();
  });
});

describe('an error in a template', () => {
  it.each(['a b', 'a\tb', 'a "b"', "it's", 'a (b)', '%20', 'é'])('in a folder called %s', async (name) => {
    const main = join(folder, name, 'main.ejs');
    const part = join(folder, name, 'part.ejs');
    mkdirSync(join(folder, name));
    writeFileSync(part, '\nb <% [1].map(() => { throw new Error("no"); }) %>\n');
    await expect(renderEjs(main, 'a\nx <%= [1].at(1) %>\n', {})).rejects.toThrow(`${main}:2:7: `);
    await expect(renderEjs(main, "a\n<%- include('part.ejs') %>\n", {})).rejects.toThrow(`${part}:2:28: no`);
    await expect(renderEjs(main, 'a\n<% if ( { %>\n<% } %>', {})).rejects.toThrow(`${main}:2:9: syntax`);
  });

  const vars = { maxconn: 4000, gone: undefined };
  it.each<[template: string, place: string, message: string]>([
    ['a\n\n<%= vars.maxcon %>\n', 'main.ejs:3:5', '`vars.maxcon` is undefined: did you mean `maxconn`?'],
    ['<%= vars.maxconn %> <%= vars.gone %>', 'main.ejs:1:25', '`vars.gone` is undefined'],
    ['<%= vars.nothing %>', 'main.ejs:1:5', '`vars.nothing` is undefined'],
    [
      '\n<% for (const s of [{}]) { %>\n<%= s.address %>\n<% } %>',
      'main.ejs:3:5',
      '`s.address` is undefined',
    ],
    ['<%= [].at(0) %>', 'main.ejs:1:5', 'the value is undefined, not a text or a number'],
    ['a\n<%= vrs.maxconn %>', 'main.ejs:2:5', '`vrs` is not defined: did you mean `vars`?'],
    ['<%= quotd(1) %>', 'main.ejs:1:5', '`quotd` is not defined: did you mean `quoted`?'],
    ['<%= null %>', 'main.ejs:1:5', 'the value is null, not a text or a number'],
    ['<%= 0 / 0 %>', 'main.ejs:1:5', 'the value is NaN, not a text or a number'],
    ['<%= vars %>', 'main.ejs:1:5', 'the value is of type object, not a text or a number'],
    ['<%= [1] %>', 'main.ejs:1:5', 'the value is a list: join it, or write a loop'],
    ['<%= word %>', 'main.ejs:1:5', 'the value is of type function, not a text or a number'],
    [
      'a\n<%= "x\\ny" %>',
      'main.ejs:2:5',
      'the value holds a line break, which would begin a new line of the file',
    ],
    ['a\n<%= "x\\0" %>', 'main.ejs:2:5', 'the value holds a NUL byte'],
    [
      '<%= word("a b") %>',
      'main.ejs:1:5',
      'word: the value is empty, or holds white space, a quote or a backslash',
    ],
    [
      '<%= word("") %>',
      'main.ejs:1:5',
      'word: the value is empty, or holds white space, a quote or a backslash',
    ],
    [
      '<%= quoted("a\\nb") %>',
      'main.ejs:1:5',
      'the value holds a line break, which would begin a new line of the file',
    ],
    ['<%= ip("10.0.0") %>', 'main.ejs:1:5', 'ip: "10.0.0" is not an IP address'],
    ['<%= port(0) %>', 'main.ejs:1:5', 'port: "0" is not a port number'],
    ['<%= port("65536") %>', 'main.ejs:1:5', 'port: "65536" is not a port number'],
    ['<%= port("http") %>', 'main.ejs:1:5', 'port: "http" is not a port number'],
    ['a\n<% throw new Error("no\\nluck") %>', 'main.ejs:2:10', 'no\nluck'],
    [
      'x <% 1 %> <%= port(1) %> <%= port(0) %> <%= port(2) %>',
      'main.ejs:1:30',
      'port: "0" is not a port number',
    ],
    [
      'a\n<%- "p " + secret %>',
      'main.ejs:2:1',
      'a secret was put into a text here: write it with <%= … %>, by itself',
    ],
    ['a\nb <%= 1 \nc', 'main.ejs:2:3', 'the tag that begins here is not closed: %> is missing'],
    ['a\nb <% <%= 1 %>', 'main.ejs:2:3', 'the tag that begins here is not closed: %> is missing'],
    ['a\n<% if (true { %>\nb\n<% } %>\n', 'main.ejs:2:13', "syntax error: Unexpected token '{'"],
    ['a\n\n<%= 1 + %>\n\nb\n', 'main.ejs:3:7', "syntax error: Unexpected token ')'"],
    ['a\n<% f(\n] %>\n', 'main.ejs:3:1', "syntax error: Unexpected token ']'"],
    ["a\n<%- include('gone.ejs') %>", 'main.ejs:2:5', 'there is no template gone.ejs to include'],
    [
      "a\n<%- include('throws.ejs') %>",
      'throws.ejs:3:5',
      '`vars.maxcon` is undefined: did you mean `maxconn`?',
    ],
    ["a\n<%- include('broken.ejs') %>", 'broken.ejs:2:5', "syntax error: Unexpected token ')'"],
    [
      "a\n<%- include('open.ejs') %>",
      'open.ejs:1:1',
      'the tag that begins here is not closed: %> is missing',
    ],
    ['nul \0', 'main.ejs:1:5', 'a template cannot hold a NUL byte'],
  ])('%j', async (template, place, message) => {
    const parts = { 'throws.ejs': '\n\n<%= vars.maxcon %>', 'broken.ejs': '\n<%= ( %>', 'open.ejs': '<%' };
    const data = { vars, secret: new Secret('S', 'p4ss-of-errors') };
    const error = await render(template, data, parts).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', `${join(folder, place)}: ${message}`);
  });

  it('names the very place, whatever stands around it', async () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\\ "',
      '; ',
      '%',
      '<%% x %>',
      '<%# no %>',
      '<% 1 -%>',
      '  <%_ 1 _%> ',
      '<% if (yes) { %>b<% } %>',
      '<%= "fine" ; %>',
      '<%-\n"fine" // so\n%>',
      '<%- include("part.ejs") %>',
    );
    const tag = fc.constantFrom(
      '<%= BOOM %>',
      '<%-BOOM-%>',
      '<% x = [\n1,\n  BOOM] %>',
      '<%_ yes && BOOM _%>',
    );
    const pieces = fc.array(piece, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, tag, pieces, async (before, thrown, after) => {
        const text = [...before, thrown, ...after].join('').replace('BOOM', 'boom()');
        const at = text.slice(0, text.indexOf('boom()')).split('\n');
        const place = `main.ejs:${at.length}:${(at.at(-1) ?? '').length + 1}`;
        const error = await render(text, { yes: true, x: 0, boom }, { 'part.ejs': 'p\n<% 2 %>' }).catch(
          String,
        );
        expect(error).toBe(`InputError: ${join(folder, place)}: boom`);
      }),
    );
  });
});

function boom(): never {
  throw new Error('boom');
}

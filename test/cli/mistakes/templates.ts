import type { Mistake } from '../mistaken-project.ts';

/** In templates. */
export const templateMistakes: readonly Mistake[] = [
  {
    name: 'a misspelt template',
    files: { 'playbooks/site.ts': [['web.conf.ejs', 'wbe.conf.ejs']] },
    says: [
      'error: playbooks/site.ts:9:5: there is no file templates/wbe.conf.ejs: did you mean `web.conf.ejs`?',
    ],
  },
  {
    name: 'a missing template',
    files: { 'playbooks/site.ts': [['web.conf.ejs', 'nothing-like-it']] },
    says: ['error: playbooks/site.ts:9:5: there is no file templates/nothing-like-it'],
  },
  {
    name: 'a template that throws',
    files: { 'templates/web.conf.ejs': "# x\n\n<% throw new Error('no peers') %>\n" },
    says: ['error: templates/web.conf.ejs:3:10: no peers'],
  },
  {
    name: 'a syntax error in a template',
    files: { 'templates/web.conf.ejs': '# x\n<% if (vars { %>\na\n<% } %>\n' },
    says: ["error: templates/web.conf.ejs:2:13: syntax error: Unexpected token '{'"],
  },
  {
    name: 'a tag that is not closed',
    files: { 'templates/web.conf.ejs': '# x\n<%= vars.workers\n\n' },
    says: ['error: templates/web.conf.ejs:2:1: the tag that begins here is not closed: %> is missing'],
  },
  {
    name: 'a block that is not closed',
    files: { 'templates/web.conf.ejs': '# x\n<% if (vars) { %>\na\n' },
    says: ['error: templates/web.conf.ejs:4:1: syntax error: a { that was opened in a tag is not closed'],
  },
  {
    name: 'an error in an included template',
    files: {
      'templates/web.conf.ejs': "# x\n<%- include('part.ejs') %>\n",
      'templates/part.ejs': 'a\nb <%= vars.x.y %>\n',
    },
    says: ['error: templates/part.ejs:2:12: the play declares no var `x`'],
  },
  {
    name: 'templates that include each other',
    files: {
      'templates/web.conf.ejs': "# x\n<%- include('part.ejs') %>\n",
      'templates/part.ejs': "a\n\n<%- include('web.conf.ejs') %>\n",
    },
    says: ['error: templates/web.conf.ejs:2:5: includes or calls itself without end'],
  },
  {
    name: 'a misspelt include',
    files: { 'templates/web.conf.ejs': "# x\n<%- include('prt.ejs') %>\n", 'templates/part.ejs': 'a\n' },
    says: [
      'error: templates/web.conf.ejs:2:5: there is no template prt.ejs to include: did you mean `part.ejs`?',
    ],
  },
  {
    name: 'an undefined var in a template',
    files: { 'templates/web.conf.ejs': '# x\nw <%= vars.worker %>\n' },
    says: ['error: templates/web.conf.ejs:2:12: the play declares no var `worker`: did you mean `workers`?'],
  },
  {
    name: 'an undefined name in a template',
    files: { 'templates/web.conf.ejs': '# x\nw <%= vras.workers %>\n' },
    says: ['error: templates/web.conf.ejs:2:7: `vras` is not defined: did you mean `vars`?'],
  },
  {
    name: 'an undefined field in a loop',
    files: {
      'templates/web.conf.ejs': '# x\n<% for (const h of [{name: "a"}]) { %>\nw <%= h.nme %>\n<% } %>\n',
    },
    says: ['error: templates/web.conf.ejs:3:7: `h.nme` is undefined'],
  },
  {
    name: 'a field of what is undefined',
    files: { 'templates/web.conf.ejs': '# x\nw <%= vars.pool[0] %>\n' },
    says: ['error: templates/web.conf.ejs:2:12: the play declares no var `pool`'],
  },
  {
    name: 'an object where a text belongs',
    files: { 'templates/web.conf.ejs': '# x\nw <%= vars %>\n' },
    says: ['error: templates/web.conf.ejs:2:7: the value is of type object, not a text or a number'],
  },
  {
    name: 'a template that anybody may write',
    modes: { 'templates/web.conf.ejs': 438 },
    says: [
      'error: playbooks/site.ts:9:5: templates/web.conf.ejs: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w templates/web.conf.ejs',
    ],
  },
  {
    name: 'a template in a folder that anybody may write to',
    modes: { templates: 511 },
    says: [
      'error: playbooks/site.ts:9:5: templates/web.conf.ejs: any user of this machine may replace it (its folder has the mode 0777): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w templates',
    ],
  },
  {
    name: 'an included template that anybody may write',
    files: { 'templates/web.conf.ejs': "# x\n<%- include('part.ejs') %>\n", 'templates/part.ejs': 'a\n' },
    modes: { 'templates/part.ejs': 438 },
    says: [
      'error: templates/web.conf.ejs:2:5: templates/part.ejs: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w templates/part.ejs',
    ],
  },
];

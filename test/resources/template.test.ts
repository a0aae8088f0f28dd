import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileState, mask, Secret, type Step } from '../../src/model/index.ts';
import { template } from '../../src/resources/template.ts';
import { projectFolder } from '../project-folder.ts';
import { effects, scriptedHost, standingFile } from '../scripted-host.ts';

const PATH = '/etc/haproxy/haproxy.cfg';
const folder: FileState = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 40,
};
const SOURCE = '# made\n<% for (const name of web) { -%>\nserver <%= name %>\n<% } -%>\nend\n';
const data = { web: ['a', 'b'] };

async function find(step: Step, files: Record<string, string>, there: FileState, said = '') {
  const host = scriptedHost({
    files: { '/etc/haproxy': folder, [PATH]: there },
    probes: [['/run/trueup', { stdout: said }]],
  });
  const prepared = await step.prepare({ root: projectFolder(files) });
  return (await prepared.look(host)).diff(effects());
}

describe('template', () => {
  it.each([
    ['haproxy.cfg.ejs', 'templates/haproxy.cfg.ejs'],
    ['templates/haproxy.cfg.ejs', 'templates/haproxy.cfg.ejs'],
    ['other/haproxy.cfg.ejs', 'other/haproxy.cfg.ejs'],
  ])('finds %s at %s', async (source, at) => {
    const step = template({ path: PATH, source, data });
    expect(await find(step, { [at]: SOURCE }, standingFile('# made\nserver a\nserver b\nend\n'))).toEqual({
      status: 'ok',
    });
  });

  it('shows what differs, and writes it', async () => {
    const content = '# made\nserver a\nserver b\nend\n';
    const step = template({ path: PATH, source: 'x.ejs', data, mode: '0640' });
    expect(await find(step, { 'templates/x.ejs': SOURCE }, standingFile('# made\nserver a\nend\n'))).toEqual({
      status: 'change',
      changes: [
        {
          aspect: 'content',
          summary: 'content (+1 −0)',
          before: '# made\nserver a\nend\n',
          after: content,
          actions: [
            {
              write: {
                path: PATH,
                content: Buffer.from(content),
                mode: '0640',
                owner: 'root',
                group: 'root',
              },
            },
          ],
        },
        { aspect: 'mode', summary: 'mode 0644 → 0640', actions: [] },
      ],
    });
  });

  it('leads a validator back to the line of the template', async () => {
    const step = template({ path: PATH, source: 'x.ejs', data, validate: ['haproxy', '-c', '-f', '%s'] });
    const said = '1 /run/trueup/validate.q/haproxy.cfg\n[/run/trueup/validate.q/haproxy.cfg:3] bad\n';
    expect(await find(step, { 'templates/x.ejs': SOURCE }, standingFile('old\n'), said)).toEqual({
      status: 'blocked',
      reason: `haproxy -c -f ${PATH} says no (exit 1)\n[${PATH}:3 (templates/x.ejs:3)] bad`,
      advice: 'Mend what the file is made of, and run again.',
    });
  });

  it('writes secrets out, and they are masked where it is shown', async () => {
    const step = template({
      path: PATH,
      source: 'x.ejs',
      data: { pass: new Secret('P', 'p4ss-of-template') },
    });
    const finding = await find(step, { 'templates/x.ejs': 'pass <%= pass %>\n' }, { exists: false });
    const [change] = finding.status === 'change' ? finding.changes : [];
    expect(change?.actions).toMatchObject([{ write: { content: Buffer.from('pass p4ss-of-template\n') } }]);
    expect(mask(change?.after ?? '')).toBe('pass [secret]\n');
  });

  it.each([
    [
      { source: 'y.ejs' },
      /template\.test\.ts:\d+:\d+: there is no file \S+\/templates\/y\.ejs: did you mean `x\.ejs`\?$/,
    ],
    [
      { source: 'x.ejs', data: { wbe: [] } },
      /\/templates\/x\.ejs:2:23: `web` is not defined: did you mean `wbe`\?$/,
    ],
  ])('refuses %j', async (spec, message) => {
    const root = projectFolder({ 'templates/x.ejs': SOURCE });
    await expect(template({ path: PATH, ...spec }).prepare({ root })).rejects.toThrow(message);
  });

  it.each<[spec: unknown, message: string]>([
    [{ path: PATH }, 'template: source: expected string, received undefined'],
    [{ path: PATH, source: 'x.ejs', content: '' }, 'template: unknown field `content`'],
    [{ path: PATH, source: 'x.ejs', data: [] }, 'template: data: expected record, received array'],
  ])('refuses %j at once', (spec, message) => {
    expect(() => (template as (spec: unknown) => Step)(spec)).toThrow(message);
  });

  it('manages the file', () => {
    expect(template({ path: PATH, source: join('x.ejs') })).toMatchObject({
      label: `template ${PATH}`,
      manages: [`file:${PATH}`],
    });
  });
});

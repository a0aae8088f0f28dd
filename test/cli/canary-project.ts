import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMS } from '../model/secret-forms.ts';
import type { Sshd } from '../remote/sshd.ts';

/** A secret that the playbook asks for, one of `.env` that it does not, and texts that nothing declares a secret. */
export const CANARIES = {
  asked: `c4nary-bird "q" & <t> 'x' $é\\y+/`,
  unasked: 'unasked-c4nary-of-env',
  sensitive: 'undeclared-c4nary-Zq7',
  old: 'another-c4nary-Xj9',
};

const PLAYBOOK = `import { command, definePlaybook, file, secret, template } from 'trueup';
const canary = secret('CANARY');
console.log('log', canary.reveal());
console.error('error %s', canary.reveal());
console.warn({ warn: canary.reveal() });
console.table([[canary.reveal()]]);
process.stdout.write('stdout ' + canary.reveal() + '\\n');
process.stderr.write(Buffer.from('stderr ' + canary.reveal() + '\\n'));
const FORMS = FORMS_HERE;
const half = 8;
export default definePlaybook({
  name: 'Tells all', hosts: 'all',
  steps: () => [
    file({ path: 'DIR/was-secret', content: 'nothing to hide\\n' }),
    file({ path: 'DIR/sensitive', content: 'SENSITIVE\\n', sensitive: true }),
    template({ path: 'DIR/from-template', source: 'canary.ejs', data: { canary } }),
    file({ path: 'DIR/secret', content: canary, mode: '0600' }),
    command({
      name: 'x'.repeat(40) + ' ' + canary.reveal(),
      run: ['sh', '-c', 'cat; echo "$CANARY" >&2; cat /proc/[0-9]*/cmdline | tr "\\\\0" " " >DIR/processes; touch DIR/ran'],
      unless: ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\\\0" " " >DIR/guard-processes; echo "$CANARY"; test -e DIR/ran'],
      stdin: FORMS.join('\\n'),
      env: { CANARY: canary },
    }),
    command({
      run: ['sh', '-c', 'printf "one %s" "$HEAD"; printf "%s two" "$TAIL" >&2; exit 1'],
      creates: 'DIR/never',
      env: { HEAD: canary.reveal().slice(0, half), TAIL: canary.reveal().slice(half) },
    }),
  ],
});
`;

/** A project that says its canaries wherever a playbook can, for the host of this sshd, on which some are already. */
export function canaryProject({ dir, host }: Sshd): string {
  const project = join(dir, 'project');
  const { address, port, user, identityFile } = host;
  const vars = JSON.stringify({ address, port, user, identityFile, hostKeys: 'accept-new' });
  const forms = JSON.stringify(FORMS.map(([, form]) => form(CANARIES.asked)));
  const playbook = PLAYBOOK.replace('FORMS_HERE', () => forms)
    .replaceAll('DIR', dir)
    .replace('SENSITIVE', CANARIES.sensitive);
  mkdirSync(join(project, 'templates'), { recursive: true });
  const files = {
    'project/package.json': '{ "type": "module" }\n',
    'project/.env': `CANARY=\`${CANARIES.asked}\`\nUNASKED=${CANARIES.unasked}\n`,
    'project/hosts.yml': `all: { vars: ${vars}, hosts: { box: {} } }\n`,
    'project/site.ts': playbook,
    'project/templates/canary.ejs': 'password: <%= canary %>\nport: 80\n',
    'was-secret': `password: ${CANARIES.unasked}\n`,
    sensitive: `${CANARIES.old}\n`,
    'from-template': `password: ${CANARIES.old}\nport: 80\n`,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, path), text);
  return project;
}

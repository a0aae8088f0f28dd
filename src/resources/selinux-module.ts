import { createHash } from 'node:crypto';
import { extname, resolve } from 'node:path';
import { z } from 'zod';
import {
  type Action,
  type Change,
  defineResource,
  differs,
  type Finding,
  InputError,
  OWN_FOLDER,
  type PredictedEffects,
  type Project,
  shell,
} from '../model/index.ts';
import { fromLaptop } from './files/from-laptop.ts';
import { missingTool, requiredField, whereDisabled } from './selinux/policy.ts';
import { type ModuleState, moduleFolder, readModule, recordOf, STORED } from './selinux-module/probe.ts';

const moduleSpec = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][\w.-]*$/, 'expected the name of a policy module, without .pp or .cil'),
    /** Relative to the root of the project. */
    source: z
      .string()
      .regex(/\.(cil|pp|te)$/, 'expected a file whose name ends with .cil, .pp or .te')
      .optional(),
    state: z.enum(['present', 'absent']).default('present'),
    required: requiredField,
  })
  .refine(({ source, state }) => (source === undefined) === (state === 'absent'), {
    path: ['source'],
    message: "expected a source, or state: 'absent' without one",
  });

type ModuleSpec = z.output<typeof moduleSpec>;

/**
 * Ensures that a policy module of the project is installed in the SELinux policy, or is not.
 *
 * Fields:
 * - `name` (required): the name of the module, as `semodule -l` prints it.
 * - `source` (required unless absent): a file of the project, relative to its root. `.cil` (Common Intermediate Language) and `.pp`
 *   (a compiled package) are installed as they are. `.te` is compiled on the host with checkmodule and semodule_package; it begins
 *   with `module NAME VERSION;`, and macros such as `policy_module()` are not available.
 * - `state`: `present` or `absent`. Default `present`.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * The module is installed with priority 400, above the modules of the distribution. The host keeps the checksum of the source and
 * of what was installed from it (/var/lib/trueup/selinux-modules/NAME), since the compiled form cannot be compared with the source. A module that was
 * installed otherwise, or changed since, is replaced. A module that was turned off (`semodule -d`) is turned on. Installing a module relabels
 * no files and restarts no services, and takes about ten seconds.
 *
 * The step is blocked if semodule (package policycoreutils) or, for `.te`, checkmodule (package checkpolicy) is missing and no earlier step may
 * bring it. A source whose module has another name is refused before any host is touched. Errors of the compiler fail the step.
 *
 * See semodule(8), checkmodule(8), semodule_package(8).
 *
 * @example
 * selinuxModule({ name: 'haproxy_stats', source: 'policy/haproxy_stats.te' })
 * @example
 * selinuxModule({ name: 'old_rules', state: 'absent' })
 */
export const selinuxModule = defineResource({
  kind: 'selinuxModule',
  schema: moduleSpec,
  name: ({ name }) => name,
  manages: ({ name }) => [`selinuxModule:${name}`],
  prepare: prepareModule,
  read: ({ spec }, host) => readModule(spec.name, host),
  diff: decideModule,
  // Types and booleans: steps that miss one ask whether a module appears in the store.
  effects({ spec }, state, finding) {
    if (!state || finding.status === 'ok' || spec.state === 'absent') return {};
    return { appears: [moduleFolder(state.store, spec.name)] };
  },
});

function decideModule(
  { spec, source }: PreparedModule,
  state: ModuleState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const changes = source ? presentChanges(spec.name, source, state) : absentChanges(spec.name, state);
  if (changes.length === 0) return differs([]);
  const needed = source?.kind === 'te' ? state.missing : state.missing.filter((tool) => tool === 'semodule');
  const obstacles = needed.map((tool) => missingTool(tool, effects));
  return obstacles.find((finding) => finding !== undefined) ?? differs(changes);
}

function absentChanges(name: string, { installed }: ModuleState): Change[] {
  if (installed === undefined) return [];
  return [{ aspect: 'module', summary: 'remove it', whole: true, actions: [removeAction(name)] }];
}

function presentChanges(name: string, source: ModuleSource, state: ModuleState): Change[] {
  const turnOn = { aspect: 'enabled', summary: 'turn it on' };
  const install = installation(source, state);
  if (install) {
    const actions = [installAction(name, source, state)];
    return state.isOff
      ? [
          { ...install, actions: [] },
          { ...turnOn, actions },
        ]
      : [{ ...install, actions }];
  }
  return state.isOff ? [{ ...turnOn, actions: [enableAction(name)] }] : [];
}

function installation(
  { path, sha256 }: ModuleSource,
  { installed, record }: ModuleState,
): Omit<Change, 'actions'> | undefined {
  if (installed === undefined) return { aspect: 'module', summary: `install ${path}`, whole: true };
  if (record?.installed !== installed)
    return {
      aspect: 'content',
      summary: `install ${path} in place of a module that was installed otherwise`,
    };
  if (record.source === sha256) return undefined;
  return { aspect: 'content', summary: `install ${path}, which has changed` };
}

/**
 * The source comes as base64 on stdin. Its folder is in /tmp, since semodule's own domain may read there what an administrator
 * brings, but not in /run; its output goes through a pipe, as it may not write to our files either.
 */
const INSTALL = `export LC_ALL=C
${STORED}
name=$1 kind=$2 sum=$3 record=$4 module=$5 enable=$6
umask 077
folder=$(mktemp -d /tmp/trueup-module.XXXXXX) || exit
trap 'rm -rf "$folder"' EXIT
cd "$folder" && base64 -d >"$name.$kind" || exit
if [ "$kind" = te ]; then
  checkmodule -M -m -o "$name.mod" "$name.te" >&2 || exit
  semodule_package -o "$name.pp" -m "$name.mod" || exit
  kind=pp
fi
said=$(semodule -X 400 -i "$folder/$name.$kind" \${enable:+-e "$name"} 2>&1) || {
  printf '%s\\n' "$said" >&2
  exit 1
}
stored=$(stored "$module") || exit
${OWN_FOLDER}
own_folder /var/lib/trueup "\${record%/*}" && printf '%s %s\\n' "$sum" "\${stored%% *}" >"$record.new" && mv -f "$record.new" "$record"`;

const REMOVE = `export LC_ALL=C
said=$(semodule -X 400 -r "$1" 2>&1) || {
  printf '%s\\n' "$said" >&2
  exit 1
}
rm -f "$2"`;

function installAction(
  name: string,
  { kind, content, sha256 }: ModuleSource,
  { store, isOff }: ModuleState,
): Action {
  const words = [name, kind, sha256, recordOf(name), moduleFolder(store, name), isOff ? 'enable' : ''];
  return { exec: shell(INSTALL, ...words), stdin: content.toString('base64') };
}

function enableAction(name: string): Action {
  return { exec: ['semodule', '-e', name] };
}

function removeAction(name: string): Action {
  return { exec: shell(REMOVE, name, recordOf(name)) };
}

interface ModuleSource {
  /** As the playbook names it. */
  readonly path: string;
  /** `te` is compiled on the host. */
  readonly kind: 'cil' | 'pp' | 'te';
  readonly content: Buffer;
  readonly sha256: string;
}

interface PreparedModule {
  readonly spec: ModuleSpec;
  /** Undefined where the module must be absent. */
  readonly source: ModuleSource | undefined;
}

/** Reads the source, and refuses one whose module has another name: semodule goes by the name of the file. */
async function prepareModule(spec: ModuleSpec, { root }: Project): Promise<PreparedModule> {
  if (spec.source === undefined) return { spec, source: undefined };
  const content = await fromLaptop(resolve(root, spec.source));
  const kind = extname(spec.source).slice(1) as ModuleSource['kind'];
  const name = NAME_IN[kind](content, spec.source) ?? spec.name;
  if (name !== spec.name)
    throw new InputError(`${spec.source} holds the module ${name}, not ${spec.name}`, {
      advice: `Write name: '${name}', or rename the module in its source.`,
    });
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { spec, source: { path: spec.source, kind, content, sha256 } };
}

const NAME_IN = { cil: () => undefined, pp: nameInPackage, te: nameInText };

function nameInText(content: Buffer, path: string): string {
  const text = content.toString();
  const [, name] = /^\s*module\s+([\w.-]+)\s+[\w.]+\s*;/m.exec(text) ?? [];
  if (name !== undefined) return name;
  const advice = /^\s*policy_module\s*\(/m.test(text)
    ? 'policy_module() is a macro of selinux-policy-devel, which hosts do not have: write module NAME VERSION; and a require block, or compile it to a .pp.'
    : 'Begin it with a line such as: module NAME 1.0;';
  throw new InputError(`${path} has no line \`module NAME VERSION;\``, { advice });
}

const MAGIC = Buffer.from('SE Linux Module');

/** The magic words, five 32-bit numbers, and the name behind its length: all little-endian. */
function nameInPackage(content: Buffer, path: string): string {
  const at = content.indexOf(MAGIC);
  const begin = at + MAGIC.length + 20;
  if (at === -1 || at > 4096 || content.length < begin + 4)
    throw new InputError(`${path} is not a policy package: semodule_package(8) makes one`);
  return content.toString('utf8', begin + 4, begin + 4 + content.readUInt32LE(begin));
}

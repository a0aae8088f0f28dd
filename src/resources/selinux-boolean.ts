import { z } from 'zod';
import {
  type Action,
  blocked,
  type Change,
  defineResource,
  didYouMean,
  differs,
  type Finding,
  type PredictedEffects,
  ProbeError,
  type Reader,
  unknown,
} from '../model/index.ts';
import {
  lookAtPolicy,
  mayExtendPolicy,
  missingTool,
  requiredField,
  whereDisabled,
} from './selinux/policy.ts';

const booleanName = z
  .string()
  .regex(/^[A-Za-z]\w*$/, 'expected the name of an SELinux boolean, such as httpd_can_network_connect');

const booleanSpec = z.strictObject({
  /** One name, or several that are changed together. */
  name: z
    .union([z.string(), z.array(z.string())], 'expected a name or a list of names')
    .transform((name) => (typeof name === 'string' ? [name] : name))
    .pipe(
      z
        .array(booleanName)
        .min(1, 'expected at least one name')
        .refine((names) => new Set(names).size === names.length, 'contains a duplicate'),
    ),
  on: z.boolean(),
  required: requiredField,
});

type BooleanSpec = z.output<typeof booleanSpec>;

/**
 * Ensures that booleans of the SELinux policy are on or off, now and after each boot.
 *
 * The running value and the saved one are compared, and changed, each on its own. The saved value is the line that
 * `setsebool -P` writes to the policy store. A boolean without that line has the policy's default, which an update of the
 * policy may change, so the line is required even if the default is right.
 *
 * Fields:
 * - `name` (required): a boolean such as `httpd_can_network_connect`, or a list of them. The booleans of a list are changed
 *   together: all or none.
 * - `on` (required): `true` or `false`, for all of them.
 * - `required`: what to do where SELinux is disabled. `false` skips the step, `true` blocks it. Default `false`.
 *
 * The step is blocked if the policy has no such boolean and no earlier step may bring it (a selinuxModule or a package).
 * Saving takes one to three seconds, as the policy is built again. A boolean that may affect logins (ssh, home directories) is
 * set back unless a new connection succeeds right after the change.
 *
 * See setsebool(8), getsebool(8), booleans(8).
 *
 * @example
 * selinuxBoolean({ name: 'haproxy_connect_any', on: true })
 * @example
 * selinuxBoolean({ name: ['httpd_can_network_connect', 'httpd_can_network_relay'], on: true })
 */
export const selinuxBoolean = defineResource({
  kind: 'selinuxBoolean',
  schema: booleanSpec,
  name: ({ name, on }) => `${name.join(', ')} ${on ? 'on' : 'off'}`,
  manages: ({ name }) => name.map((one) => `selinuxBoolean:${one}`),
  read: ({ name }, host) => readBooleans(name, host),
  diff: decideBooleans,
});

function decideBooleans(
  spec: BooleanSpec,
  state: BooleansState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const missing = spec.name.filter((name) => state.booleans.get(name)?.running === undefined);
  if (missing.length > 0) return missingBooleans(missing, state, effects);
  const changes = changesOf(spec, state.booleans);
  const noTool = changes.length > 0 && !state.hasSetsebool ? missingTool('setsebool', effects) : undefined;
  return noTool ?? differs(changes);
}

function missingBooleans(
  missing: readonly string[],
  { store, names }: BooleansState,
  effects: PredictedEffects,
): Finding {
  const soon = mayExtendPolicy(effects, store);
  if (soon) return unknown(soon.step, `it may bring the boolean ${missing.join(', ')}`);
  const [first = ''] = missing;
  return blocked(
    `the policy has no boolean ${missing.join(', ')}${didYouMean(first, names)}`,
    'List the booleans of the host with getsebool -a.',
  );
}

/** One change for each value that differs; the last one carries the command, which changes all of them together. */
function changesOf({ name: names, on }: BooleanSpec, booleans: BooleansState['booleans']): Change[] {
  const differing = names.flatMap((name) => {
    const now = booleans.get(name);
    return now && (now.running !== on || now.saved !== on) ? [{ name, ...now }] : [];
  });
  const shown = differing.flatMap((one) => [...changeOf(one, 'running', on), ...changeOf(one, 'saved', on)]);
  const action = setAction(differing, on);
  return shown.map((change, at) => ({ ...change, actions: at === shown.length - 1 ? [action] : [] }));
}

type Differing = BooleanState & { readonly name: string };

function changeOf(now: Differing, side: 'running' | 'saved', on: boolean): Omit<Change, 'actions'>[] {
  if (now[side] === on) return [];
  return [{ aspect: `${side} ${now.name}`, summary: `${now.name} ${side} ${word(now[side])} → ${word(on)}` }];
}

function word(value: boolean | undefined): string {
  if (value === undefined) return '(none)';
  return value ? 'on' : 'off';
}

/** Saving builds the policy again, which takes seconds: not where only the running value differs. */
function setAction(differing: readonly Differing[], on: boolean): Action {
  const save = differing.some(({ saved }) => saved !== on) ? ['-P'] : [];
  const set = (value: (one: Differing) => boolean) =>
    ['setsebool', ...save, ...differing.map((one) => `${one.name}=${value(one) ? 1 : 0}`)] as const;
  const mayLockOut = differing.some(({ name, running }) => running !== on && LOGIN.test(name));
  return mayLockOut
    ? { exec: set(() => on), undo: set(({ running }) => running ?? !on) }
    : { exec: set(() => on) };
}

/** Booleans that decide whether somebody can log in, read the own keys or become root. */
const LOGIN = /ssh|login|home_dirs|secure_mode|polyinstantiation/;

interface BooleanState {
  /** In force; undefined if the running policy has no such boolean. */
  readonly running: boolean | undefined;
  /** As `setsebool -P` saved it; undefined without such a line. */
  readonly saved: boolean | undefined;
}

interface BooleansState {
  readonly store: string;
  readonly booleans: ReadonlyMap<string, BooleanState>;
  /** Of the policy; only listed where a boolean is missing. */
  readonly names: readonly string[];
  readonly hasSetsebool: boolean;
}

/** A file of selinuxfs holds the value in force and the pending one, without a newline: `read` fails, but reads them. */
const LOOK = `echo '== running'
missing=
for name do
  file=/sys/fs/selinux/booleans/$name now= next=
  if [ -e "$file" ]; then
    read -r now next <"$file"
    case $now in [01]) ;; *) echo "$file cannot be read" >&2; exit 1 ;; esac
  else missing=yes
  fi
  echo "$name $now"
done
echo '== saved'
local_file "$store/booleans.local"
if [ -n "$missing" ]; then
  echo '== names'
  cd /sys/fs/selinux/booleans && printf '%s\\n' *
fi
lacks setsebool`;

/** Undefined where SELinux is disabled. */
async function readBooleans(names: readonly string[], host: Reader): Promise<BooleansState | undefined> {
  const look = await lookAtPolicy(host, LOOK, ...names);
  if (!look) return undefined;
  const running = valuesIn(look.section('running'), ' ');
  const saved = valuesIn(look.section('saved'), '=');
  const missing = names.find((name) => !running.has(name));
  if (missing !== undefined) throw new ProbeError(`cannot determine the SELinux boolean ${missing}`);
  return {
    store: look.store,
    booleans: new Map(names.map((name) => [name, { running: running.get(name), saved: saved.get(name) }])),
    names: look.section('names') ?? [],
    hasSetsebool: look.section('no setsebool') === undefined,
  };
}

/** Lines `NAME 1` of the look, or `NAME=1` of booleans.local, where older tools wrote `true`. */
function valuesIn(lines: readonly string[] = [], separator: string): Map<string, boolean | undefined> {
  const words = lines.map((line) => line.split(separator).map((word) => word.trim()));
  return new Map(words.map(([name = '', value]) => [name, VALUES.get(value ?? '')]));
}

const VALUES = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

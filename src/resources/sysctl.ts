import { basename } from 'node:path';
import { z } from 'zod';
import {
  blocked,
  type Change,
  defineResource,
  differs,
  type FileState,
  type Finding,
  type PredictedEffects,
  type Prediction,
  unknown,
} from '../model/index.ts';
import { attributeChanges } from './files/attributes.ts';
import {
  type BootFile,
  contentOf,
  normalise,
  pathOf,
  readSettings,
  type Setting,
  type SysctlState,
  setting,
  sha256,
} from './sysctl/read-settings.ts';

const key = z.string().regex(/^[a-z][\w-]*([./][\w@:-]+)+$/i);
const value = z.union([z.int(), z.string().regex(/^[^\n]*\S[^\n]*$/, 'must be one line, and not empty')]);

const sysctlSpec = z.strictObject({
  /** Values by parameter: `net.ipv4.ip_forward`, or with slashes where a part holds a dot. */
  settings: z
    .record(key, value, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must be the name of a kernel parameter, such as net.ipv4.ip_forward'
          : undefined,
    })
    .transform((settings) => Object.entries(settings).map(([name, wanted]) => setting(name, wanted)))
    .refine((settings) => settings.length > 0, 'lists no parameter')
    .refine(
      (settings) => new Set(settings.map(({ path }) => path)).size === settings.length,
      'lists one twice',
    ),
  /** The file, owned as a whole, that sets them at boot. Default `/etc/sysctl.d/90-trueup.conf`. */
  file: z
    .string()
    .regex(/^\/etc\/sysctl\.d\/[\w.@-]+\.conf$/, 'must be a .conf file in /etc/sysctl.d')
    .default('/etc/sysctl.d/90-trueup.conf'),
});

type SysctlSpec = z.output<typeof sysctlSpec>;

/**
 * Ensures that kernel parameters have their values, now and after each boot.
 *
 * The running values and the file that sets them at boot are looked at, and changed, each on its own. The file belongs to
 * this step as a whole (root, 0644): all parameters of a host go into one step, or each step gets a `file` of its own. A
 * parameter that leaves the playbook leaves the file; its running value stays until the next boot.
 *
 * Fields: `settings` (required; values are strings or whole numbers), `file` (default `/etc/sysctl.d/90-trueup.conf`).
 *
 * It is blocked where the kernel does not have the parameter (one of a module that is not loaded yet needs a `kernelModule`
 * step before), and where a file that is read later at boot sets another value. Patterns
 * in such files are not looked at.
 *
 * See sysctl(8), sysctl.d(5).
 *
 * @example
 * sysctl({ settings: { 'net.ipv4.ip_nonlocal_bind': 1, 'net.ipv4.tcp_rmem': '4096 131072 6291456' } })
 */
export const sysctl = defineResource({
  kind: 'sysctl',
  schema: sysctlSpec,
  name: ({ settings }) => nameOf(settings.map((one) => one.key)),
  manages: ({ settings, file }) => [`file:${file}`, ...settings.map((one) => `sysctl:${one.key}`)],
  read: ({ settings, file }, host) =>
    readSettings(settings, { path: file, content: contentOf(settings) }, host),
  diff: decideSettings,
  effects({ file }, _state, finding) {
    if (finding.status !== 'change') return {};
    const written = finding.changes.some(({ aspect }) => aspect === 'file');
    return written ? { appears: [file], changes: [file] } : {};
  },
});

function nameOf(keys: readonly string[]): string {
  return keys.length <= 3 ? keys.join(', ') : `${keys.slice(0, 2).join(', ')} and ${keys.length - 2} more`;
}

function decideSettings(spec: SysctlSpec, state: SysctlState, effects: PredictedEffects): Finding {
  const missing = spec.settings.filter(({ path }) => state.running.get(path) === 'missing');
  const soon = (one: Setting) => effects.appears(`/proc/sys/${one.path}`);
  const never = missing.filter((one) => !soon(one));
  if (never.length > 0) return noSuchKeys(never);
  const perhaps = missing.map(soon).find((prediction) => prediction?.certain === false);
  if (perhaps) return unknown(perhaps.step, `it may bring ${missing.map(({ key }) => key).join(', ')}`);
  const refusal = refuse(spec, state, effects);
  if (refusal) return refusal;
  return differs([
    ...spec.settings.flatMap((one) => decideRunning(one, state, soon(one))),
    ...decideFile(spec, state, effects),
  ]);
}

function noSuchKeys(settings: readonly Setting[]): Finding {
  return blocked(
    `the host's kernel has no ${settings.map(({ key }) => key).join(', ')}`,
    'Check the name; if it belongs to a module, load that first, with a kernelModule step.',
  );
}

function refuse(
  { settings, file }: SysctlSpec,
  state: SysctlState,
  effects: PredictedEffects,
): Finding | undefined {
  const unreadable = settings.find(({ path }) => state.running.get(path) === 'unreadable');
  if (unreadable) return blocked(`${unreadable.key} can only be written: nobody can tell what it is set to`);
  const noFile = whyNoFile(file, state.file);
  if (noFile !== undefined) return blocked(noFile);
  const [other] = overruled(settings, file, state.bootFiles);
  if (!other) return undefined;
  const reason = `at the next boot ${other.file} sets ${other.setting.key} to ${other.value}, after ${file}`;
  const soon = effects.below(other.file);
  if (soon) return unknown(soon.step, `as it is now, ${reason}`);
  return blocked(reason, 'Remove that line there, or give a `file` whose name comes later.');
}

function decideRunning(
  { key, path, value }: Setting,
  { running }: SysctlState,
  soon: Prediction | undefined,
): Change[] {
  const now = running.get(path);
  const current = typeof now === 'object' ? now.value : undefined;
  if (current === value) return [];
  const summary =
    current === undefined
      ? `${key} → ${value}, once ${soon?.step} has brought it`
      : `${key} ${current} → ${value}`;
  return [{ aspect: key, summary, actions: [{ exec: ['sysctl', '-w', `${key}=${value}`] }] }];
}

const ACCESS = { mode: '0644', owner: 'root', group: 'root' };

function whyNoFile(path: string, file: FileState): string | undefined {
  return file.exists && (file.type === 'directory' || file.type === 'other')
    ? `${path} is no file`
    : undefined;
}

function decideFile(
  { settings, file: path }: SysctlSpec,
  { file }: SysctlState,
  effects: PredictedEffects,
): Change[] {
  const content = contentOf(settings);
  const write = {
    write: { path, content: Buffer.from(content), ...ACCESS },
  };
  if (!file.exists) {
    return [{ aspect: 'file', summary: `create ${path}`, before: '', after: content, actions: [write] }];
  }
  if (file.type === 'symlink') {
    const summary = `${path}: replace the symlink to ${file.target} by a file`;
    return [{ aspect: 'file', summary, after: content, actions: [write] }];
  }
  if (file.sha256 === sha256(content)) {
    const changes = attributeChanges({ path, ...ACCESS }, file, { kind: 'file', written: false, effects });
    return changes.map((change) => ({ ...change, summary: `${path}: ${change.summary}` }));
  }
  const before = file.content === undefined ? {} : { before: file.content.toString() };
  return [{ aspect: 'file', summary: `content of ${path}`, ...before, after: content, actions: [write] }];
}

/** A setting that another file sets otherwise at the next boot. */
interface Overruled {
  readonly setting: Setting;
  readonly file: string;
  readonly value: string;
}

/** At boot the files are read by the order of their names, whatever folder they lie in; the last one wins. */
function overruled(settings: readonly Setting[], own: string, files: readonly BootFile[]): Overruled[] {
  const later = files
    .filter(({ path }) => rank(path) > rank(own))
    .sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : 1));
  const last = new Map<string, { file: string; value: string }>();
  for (const { path: file, lines } of later) {
    for (const line of lines) {
      const [, key, value] = /^\s*-?\s*([^\s=]+)\s*=(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) last.set(pathOf(key), { file, value: normalise(value) });
    }
  }
  return settings.flatMap((setting) => {
    const found = last.get(setting.path);
    return found && found.value !== setting.value ? [{ setting, ...found }] : [];
  });
}

/** `sysctl --system` reads /etc/sysctl.conf last; systemd reads it under the name of a link to it. */
function rank(path: string): string {
  return path === '/etc/sysctl.conf' ? '\uffff' : basename(path);
}

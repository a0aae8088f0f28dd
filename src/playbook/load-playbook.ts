import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  callerPlace,
  didYouMean,
  findProject,
  InputError,
  type Project,
  realPathOutside,
  refuseWritable,
  startOf,
  traceable,
} from '../model/index.ts';
import { Playbook, type PlayDefinition } from './define-playbook.ts';
import { locateError } from './locate-error.ts';

export interface LoadedPlaybook {
  readonly file: string;
  readonly project: Project;
  readonly plays: readonly PlayDefinition[];
}

/**
 * Loads a playbook, TypeScript or JavaScript; nothing of it has to be installed or built before. `trueup` is what
 * its `import … from 'trueup'` gets: the very instance that is running, because a second copy would keep secrets
 * that our mask does not know.
 */
export async function loadPlaybook(path: string, trueup: Record<string, unknown>): Promise<LoadedPlaybook> {
  const file = resolve(path);
  await mustBeFile(file, path);
  refuseWritableModules(file);
  const project = findProject(file);
  const playbook = exported(await importPlaybook(file, project, trueup));
  if (playbook instanceof Playbook) return { file, project, plays: playbook.plays };
  const found = playbook === undefined ? 'has no default export' : 'its default export is not a playbook';
  throw new InputError(found, {
    place: startOf(file),
    advice: 'Write: export default definePlaybook({ name, hosts, steps })',
  });
}

type Module = { readonly default?: unknown } | Playbook;

/** In CommonJS it may be the whole of `module.exports`. */
function exported(module: Module): unknown {
  return module instanceof Playbook ? module : module.default;
}

async function importPlaybook(
  file: string,
  project: Project,
  trueup: Record<string, unknown>,
): Promise<Module> {
  const { createJiti } = await import('jiti');
  const url = pathToFileURL(file).href;
  const compiler = createJiti(url, { fsCache: await cacheFolder(project), sourceMaps: true });
  const jiti = createJiti(url, {
    fsCache: false,
    sourceMaps: true,
    moduleCache: false,
    interopDefault: false,
    virtualModules: { trueup: knownExports(trueup) },
    transform(options) {
      refuseWritableOf(project, options.filename ?? file);
      return { code: traceable(options.filename ?? file, compiler.transform(withoutLeftovers(options))) };
    },
  });
  try {
    return await unlessIdle(jiti.import<Module>(file));
  } catch (error) {
    throw locateError(error, 'cannot be loaded', () => startOf(file));
  }
}

/** What no import of it tells beforehand, such as `import(name)`. */
function refuseWritableOf({ root }: Project, module: string): void {
  if (!relative(root, module).includes('node_modules')) refuseWritable(module);
}

const MAP_OF_ANOTHER = /\n\/\/# source(?:Mapping)?URL=[^\n`]*\s*$/;

/** What another compiler, or an editor, left in a file would move the places of all that is in it. */
function withoutLeftovers<Options extends { source: string }>(options: Options): Options {
  return { ...options, source: options.source.replace(/^\uFEFF/, '').replace(MAP_OF_ANOTHER, '\n') };
}

/** An `await` for what never comes leaves the process with nothing to do, and node would end it without a word. */
async function unlessIdle<T>(work: Promise<T>): Promise<T> {
  let giveUp = () => {};
  const idle = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error('it awaits what never comes'));
  });
  process.once('beforeExit', giveUp);
  return Promise.race([work, idle]).finally(() => process.off('beforeExit', giveUp));
}

/**
 * In the project itself: jiti's own choice may be a folder in /tmp that anybody could have made. What is in it runs, so
 * there is none where others may write to it.
 */
async function cacheFolder({ root }: Project): Promise<string | false> {
  const own = join(root, '.trueup');
  const folder = join(own, 'cache');
  try {
    if (!existsSync(own)) {
      await mkdir(own);
      await writeFile(join(own, '.gitignore'), '*\n');
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    refuseWritable(folder);
    return realPathOutside(folder) === undefined ? folder : false;
  } catch {
    return false;
  }
}

async function mustBeFile(file: string, path: string): Promise<void> {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile()) return mustBeScript(path);
  if (stat) throw new InputError(`${path} is a folder: a playbook is a file`);
  const beside = await readdir(dirname(file)).catch(() => []);
  throw new InputError(`there is no playbook ${path}${didYouMean(basename(file), beside)}`);
}

function mustBeScript(path: string): void {
  if (/\.[cm]?[jt]s$/.test(path)) return;
  const advice = 'A playbook is a module: export default definePlaybook({ name, hosts, steps }).';
  throw new InputError(`${path} is no TypeScript and no JavaScript`, { advice });
}

/** What `import … from 'trueup'` gets: a name that is not in it is an error where it is used. */
function knownExports(trueup: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { get } = {
    get(target: Record<string, unknown>, name: string | symbol): unknown {
      if (typeof name === 'symbol' || name in target || NOT_ASKED_BY_PEOPLE.includes(name)) {
        return Reflect.get(target, name);
      }
      const message = `trueup exports no \`${name}\`${didYouMean(name, Object.keys(target))}`;
      throw new InputError(message, { place: callerPlace(get) });
    },
  };
  return new Proxy({ ...trueup }, { get });
}

/** What the loader, and a promise that is resolved with a module, look for. */
const NOT_ASKED_BY_PEOPLE = ['then', 'default', '__esModule', 'toJSON', '__JITI_ERROR__'];

const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'];

/**
 * Refuses a playbook that others may write to, or that imports such a file of its own project, or a package from such a
 * folder.
 */
function refuseWritableModules(file: string, seen: Set<string> = new Set()): void {
  if (seen.has(file)) return;
  seen.add(file);
  refuseWritable(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (/^\.{1,2}\//.test(specifier)) {
      const imported = ENDINGS.map((ending) => resolve(dirname(file), specifier + ending)).find(isFile);
      if (imported !== undefined) refuseWritableModules(imported, seen);
    } else refuseWritablePackage(specifier, file, seen);
  }
}

/** The folder and the manifest of a package; what is in it was put there by whoever may write to these. */
function refuseWritablePackage(specifier: string, file: string, seen: Set<string>): void {
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(specifier)?.[0];
  if (name === undefined) return;
  const { root } = findProject(file);
  for (let folder = dirname(file); !relative(root, folder).startsWith('..'); folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (isFile(manifest) && !seen.has(manifest)) {
      seen.add(manifest);
      refuseWritable(manifest);
    }
    if (folder === dirname(folder)) return;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

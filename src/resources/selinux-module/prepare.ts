import { createHash } from 'node:crypto';
import { extname, resolve } from 'node:path';
import { InputError, type Project } from '../../model/index.ts';
import { fromLaptop } from '../files/from-laptop.ts';
import type { ModuleSpec } from './spec.ts';

export interface ModuleSource {
  /** As the playbook names it. */
  readonly path: string;
  /** `te` is compiled on the host. */
  readonly kind: 'cil' | 'pp' | 'te';
  readonly content: Buffer;
  readonly sha256: string;
}

export interface PreparedModule {
  readonly spec: ModuleSpec;
  /** Undefined where the module must be absent. */
  readonly source: ModuleSource | undefined;
}

/** Reads the source, and refuses one whose module has another name: semodule goes by the name of the file. */
export async function prepareModule(spec: ModuleSpec, { root }: Project): Promise<PreparedModule> {
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

import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type ParsedNode } from 'yaml';
import type { InputError } from '../model/index.ts';

/** How deep values may lie inside of each other. */
const DEEPEST = 100;
/** How many values there may be with every alias written out. */
const MOST_VALUES = 1_000_000;
const TOO_MANY = `stands for more than ${MOST_VALUES.toLocaleString('en')} values, with its aliases written out`;

type Complain = (node: unknown, message: string, advice?: string) => InputError;

/**
 * Refuses what YAML lets pass, and would bite later: duplicate keys, `__proto__`, texts that no shell takes, values too
 * deep to walk, and aliases that contain themselves or multiply. Then puts the values that aliases stand for in their
 * place: the library would look for each of them from the beginning of the file.
 */
export function checkYaml({ contents }: Document.Parsed<ParsedNode>, complain: Complain): void {
  const size = new Walk(complain).size(contents, 0);
  if (size > MOST_VALUES) throw complain(contents, TOO_MANY);
}

class Walk {
  readonly #complain: Complain;
  readonly #anchors = new Map<string, Node>();
  readonly #sizes = new Map<unknown, number>();
  /** How many levels a node holds, itself included. */
  readonly #heights = new Map<unknown, number>();
  readonly #open = new Set<unknown>();

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** How many values a node holds, itself included. */
  size(node: unknown, depth: number): number {
    if (depth > DEEPEST) throw this.#complain(node, `nested more than ${DEEPEST} levels deep`);
    if (isPair(node)) return this.#pairSize(node, depth);
    if (isScalar(node)) this.#refuseText(node);
    if (isMap(node)) this.#refuseTwice(node.items.map(({ key }) => key));
    this.#remember(node);
    this.#open.add(node);
    let sum = 1;
    let height = 0;
    if (isMap(node)) {
      for (const pair of node.items) {
        sum += this.size(pair, depth);
        height = Math.max(height, this.#heights.get(pair.value) ?? 0);
      }
    }
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        node.items[index] = this.#resolved(item);
        sum += this.#sizeOf(item, node.items[index], depth + 1);
        height = Math.max(height, this.#heights.get(node.items[index]) ?? 0);
      }
    }
    this.#open.delete(node);
    this.#sizes.set(node, sum);
    this.#heights.set(node, height + 1);
    return sum;
  }

  #pairSize(pair: { key: unknown; value: unknown }, depth: number): number {
    const { key, value } = pair;
    if (!isScalar(key)) throw this.#complain(key, 'expected a text as key');
    if (key.value === '__proto__') throw this.#complain(key, '`__proto__` cannot be a key');
    this.#refuseText(key);
    this.#remember(key);
    pair.value = this.#resolved(value);
    return 1 + this.#sizeOf(value, pair.value, depth + 1);
  }

  /** What an alias stands for has been walked already. */
  #sizeOf(written: unknown, node: unknown, depth: number): number {
    if (isAlias(written) && depth + (this.#heights.get(node) ?? 1) - 1 > DEEPEST) {
      throw this.#complain(written, `nested more than ${DEEPEST} levels deep, by what its alias stands for`);
    }
    const size = isAlias(written) ? (this.#sizes.get(node) ?? 1) : this.size(node, depth);
    if (size <= MOST_VALUES) return size;
    throw this.#complain(written, TOO_MANY);
  }

  #remember(node: unknown): void {
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) this.#anchors.set(node.anchor, node);
  }

  #resolved(node: unknown): unknown {
    if (!isAlias(node)) return node;
    const source = this.#anchors.get(node.source);
    if (source && this.#open.has(source)) throw this.#complain(node, `&${node.source} contains itself`);
    if (source) return source;
    const message = `there is no anchor &${node.source} before this`;
    throw this.#complain(node, message, 'A text with a * in front needs quotes.');
  }

  #refuseText(node: Node & { value: unknown }): void {
    if (typeof node.value !== 'string' || !node.value.includes('\0')) return;
    throw this.#complain(node, 'the text holds a NUL byte, which no command or path can');
  }

  /** The library compares each key with each other one: that takes minutes for an inventory of 10,000 hosts. */
  #refuseTwice(keys: readonly unknown[]): void {
    const seen = new Set<string>();
    for (const key of keys) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined || name === '<<') continue;
      if (seen.has(name)) throw this.#complain(key, `the key \`${name}\` is in this mapping twice`);
      seen.add(name);
    }
  }
}

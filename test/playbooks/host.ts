import type { Host } from '../../src/model/index.ts';

export function host(name: string, address: string, vars: Record<string, unknown> = {}): Host {
  return { name, address, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars };
}

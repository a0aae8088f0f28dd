import { join } from 'node:path';
import type { Host } from './names.ts';

/** A link to the shared root below the disk: as long as it is there, the cache keeps that root. */
export function baseLink(host: Host): string {
  return join(host.folder, 'base');
}

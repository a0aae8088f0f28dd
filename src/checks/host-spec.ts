import { z } from 'zod';
import type { Host } from '../model/index.ts';

/** A host of the inventory, as `host` and `group('…')` give it. */
export const hostSpec = z.custom<Host>(
  (value) => typeof value === 'object' && value !== null && 'name' in value && 'address' in value,
  "expected a host of the inventory, such as host, or one of group('…')",
);

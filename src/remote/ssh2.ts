import { createRequire } from 'node:module';

const nodeSsh = createRequire(import.meta.url).resolve('node-ssh');

/** The SSH library is node-ssh's own, and may not be installed where our packages are. */
export const ssh2 = createRequire(nodeSsh)('ssh2') as typeof import('ssh2');

export { z } from 'zod';
export { httpCheck } from './checks/http-check.ts';
export { logLineCheck } from './checks/log-line-check.ts';
export { tcpCheck } from './checks/tcp-check.ts';
export { tlsCheck } from './checks/tls-check.ts';
export type { Host } from './model/index.ts';
export { definePlaybook, type Playbook, type PlaySpec } from './playbook/define-playbook.ts';
export { env, secret } from './playbook/env.ts';

export { z } from 'zod';
export { definePlaybook, type Playbook, type PlaySpec } from './playbook/define.ts';
export { env, secret } from './playbook/env.ts';

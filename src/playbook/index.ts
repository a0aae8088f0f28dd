export { blame } from './blame.ts';
export { type DoubtfulVar, doubtfulVars } from './doubtful-vars.ts';
export { secretsOf } from './env.ts';
export { type LoadedPlaybook, loadPlaybook } from './load-playbook.ts';
export { resolvePlays, type Selection } from './resolve-plays.ts';

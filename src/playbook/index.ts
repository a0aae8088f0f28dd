export { blame } from './blame.ts';
export { type LoadedPlaybook, loadPlaybook } from './load-playbook.ts';
export { resolvePlays, type Selection } from './resolve-plays.ts';

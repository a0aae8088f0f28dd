export { type ExtraVars, parseExtraVars } from './extra-vars.ts';
export { type LoadedPlaybook, loadPlaybook } from './load-playbook.ts';
export { resolvePlays, type Selection } from './resolve-plays.ts';

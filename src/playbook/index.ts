export { secretsOf } from './env.ts';
export { type LikelyTypo, likelyTypos } from './likely-typos.ts';
export { type LoadedPlaybook, loadPlaybook } from './load-playbook.ts';
export { locateError } from './locate-error.ts';
export { resolvePlays, type Selection } from './resolve-plays.ts';

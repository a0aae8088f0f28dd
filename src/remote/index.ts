export { checkIdentityFile } from './check-identity-file.ts';
export { connect } from './connect.ts';
export type { ConnectOptions } from './connect-options.ts';
export { readFacts } from './facts.ts';
export { type Forgotten, forgetHostKeys } from './forget-host-keys.ts';
export { type Readings, readTogether } from './read-together.ts';
export { VALIDATION_FAILED } from './write-script.ts';

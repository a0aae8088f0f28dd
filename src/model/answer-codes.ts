const CODES = Array.from({ length: 256 }, (_, code) => code);

/**
 * Exit codes by which a command that was asked yes or no has answered: 124 is timeout's word for "killed", 126 means
 * "could not be run", and 129 to 192 stand for signals. 127 is among them: a missing tool is the asker's to judge.
 */
export const answerCodes: readonly number[] = CODES.filter(
  (code) => code !== 124 && code !== 126 && !(code > 128 && code <= 192),
);

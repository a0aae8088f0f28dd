import type { Secret } from 'trueup';

const LONGEST = 8;

/** The password, if VRRP can use it: of a longer one keepalived would take the first 8 characters, and only log that. */
export function vrrpPassword(password: Secret): Secret {
  const { length } = password.reveal();
  if (length <= LONGEST) return password;
  throw new Error(`VRRP_PASSWORD has ${length} characters: VRRP uses ${LONGEST} at most, so shorten it`);
}

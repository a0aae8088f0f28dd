import type { Secret } from 'trueup';

const LONGEST = 8;

/**
 * The password, if VRRP can use it. Of a longer one keepalived would take the first 8 characters, and only log that; of
 * one with `#` or `!` it would take what is before these, as the rest of the line is a comment to it.
 */
export function vrrpPassword(password: Secret): Secret {
  const text = password.reveal();
  if (text.length > LONGEST) {
    throw new Error(
      `VRRP_PASSWORD has ${text.length} characters: VRRP uses ${LONGEST} at most, so shorten it`,
    );
  }
  if (/^[\w.,:;/=+*@%&?^~-]+$/.test(text)) return password;
  throw new Error(
    'VRRP_PASSWORD holds a character that keepalived would take for something else: letters, digits and . , : ; / = + * @ % & ? ^ ~ _ - are safe',
  );
}

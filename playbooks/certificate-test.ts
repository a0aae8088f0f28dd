/**
 * Asks haproxy whether it would take a certificate with its key, before the file lands: a key that is too short for it is
 * found in plan, not when a reload fails, or at a boot. Where haproxy is not there yet, its configuration is asked about later.
 */
export const CERTIFICATE_TEST =
  'command -v haproxy >/dev/null || exit 0; printf "frontend test\\n bind 127.0.0.1:443 ssl crt $1\\n" | haproxy -c -f /dev/stdin';

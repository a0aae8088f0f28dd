const ENVIRONMENT = 'env LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The line that any login shell understands: becomes root, if it is not yet, and runs the script whose bytes come
 * first on stdin; what follows them is the script's own stdin.
 *
 * The script is read whole before any of it runs: cut short, its closing brace is missing, and nothing runs.
 */
export function rootShellLine(scriptBytes: number): string {
  const reader = `"eval \\"\\$(head -c ${scriptBytes})\\""`;
  const become = `[ "$(id -u)" = 0 ] || E="sudo -n -H -- $E"`;
  return `exec /bin/sh -c 'E="${ENVIRONMENT}"; ${become}; exec $E sh -c ${reader}'`;
}

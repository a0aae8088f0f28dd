/**
 * The command in mount and process namespaces of its own, ending when we end:
 * whatever it mounts, and every daemon that it starts, is gone with it.
 */
export function contained(command: readonly string[]): string[] {
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return ['setpriv', '--pdeathsig', 'KILL', ...namespaces, ...command];
}

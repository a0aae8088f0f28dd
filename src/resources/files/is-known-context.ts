import { LABEL_FUNCTIONS, type Reader, shell } from '../../model/index.ts';

const UNKNOWN = 3;

/** $1: a context or a type. The kernel says whether its policy has that; see selinux_check_context(3). */
const SCRIPT = `${LABEL_FUNCTIONS}
selinux_on || exit 0
context=$1 mls=0
read -r mls </sys/fs/selinux/mls || :
case $context-$mls in *:*) ;; *-1) context=system_u:object_r:$1:s0 ;; *) context=system_u:object_r:$1 ;; esac
said=$( { printf %s "$context" >/sys/fs/selinux/context; } 2>&1) && exit 0
case $said in *'Invalid argument'*) exit ${UNKNOWN} ;; esac
echo "$said" >&2
exit 1`;

/** Whether the host's policy has this context or type; true where SELinux is disabled. */
export async function isKnownContext(host: Reader, context: string): Promise<boolean> {
  const { code } = await host.probe(shell(SCRIPT, context), { expect: [0, UNKNOWN] });
  return code === 0;
}

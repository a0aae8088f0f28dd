import { OWN_FOLDER } from '../../model/index.ts';

/**
 * Defines `ask`: dnf (or yum) for looking only. dnf keeps its logs and its history, which it writes to even
 * while it only resolves, in /run for this.
 */
export const ASK = `
export LC_ALL=C PYTHONUNBUFFERED=1
own=/run/trueup/dnf.$$
${OWN_FOLDER}
own_folder /run/trueup "$own" || exit
tool=$(command -v dnf || command -v yum) || exit 127
trap 'rm -rf "$own"' EXIT
ask() {
  case $tool in
  */dnf) "$tool" --setopt=exit_on_lock=True --setopt=logdir="$own" --setopt=persistdir="$own" "$@" ;;
  *) "$tool" --setopt=exit_on_lock=True "$@" ;;
  esac </dev/null 2>&1
}
`;

/**
 * Defines `own_folder FOLDER…` for scripts in sh: makes the folders, in their order, and fails with the reason on stderr unless
 * each is a directory that only root can change. Only root can make something in /run and /var/lib, but what trueup keeps there decides
 * what it does next as root.
 */
export const OWN_FOLDER = `own_folder() {
for own do
[ -d "$own" ] || mkdir -m 700 -- "$own" || [ -d "$own" ] || return
if [ -O "$own" ] && [ ! -L "$own" ]; then
case $(stat -c %a -- "$own") in
700) continue ;;
*[2367] | *[2367]?) ;;
*) chmod 700 -- "$own" && continue || return ;;
esac
fi
printf '%s\\n' "$own must be a directory that only root can change, but is: $(stat -c '%F, %A, of %U' -- "$own"): find out why, and remove it" >&2
return 1
done
}`;

# The policy: named as EL's, made of some of Debian's modules and ours.

STORE=/var/lib/selinux/targeted

build_policy() {
    local work=$root/build-policy
    mv "$root/etc/selinux/default" "$root/etc/selinux/targeted"
    printf 'SELINUX=enforcing\nSELINUXTYPE=targeted\n' >"$root/etc/selinux/config"
    mkdir -p "$root$STORE" "$work"
    unpack tools
    debian_modules
    our_modules
    chroot "$root" sh -c 'cd /build-policy && semodule -s targeted -n -X 100 -i *.cil *.pp'
    rm -rf "$work" "$root"/usr/share/selinux
    (cd "$folder/tools" && find . -type f -print0) | (cd "$root" && xargs -0 rm -f)
}

debian_modules() {
    grep -v '^#' "$here/modules.txt" | while read -r module; do
        bunzip2 <"$root/usr/share/selinux/default/$module.pp.bz2" |
            chroot "$root" /usr/libexec/selinux/hll/pp | sed -f "$here/as-el.sed" >"$work/$module.cil"
    done
}

our_modules() {
    cp "$here"/policy/* "$work"
    chroot "$root" make -s -C /build-policy -f /usr/share/selinux/devel/Makefile
}

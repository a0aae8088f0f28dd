# Files, names and accounts where EL has them.

add_el_places() {
    place_files
    chmod 440 "$root/etc/sudoers"
    rm "$root/etc/sudoers.d/README"
    mkdir -p "$root"/{etc/pki/rpm-gpg,usr/libexec/openssh,srv/repo,var/lib/rpm}
    ln -sf bash "$root/usr/bin/sh"
    ln -sf dnf-3 "$root/usr/bin/yum"
    ln -sf /usr/lib/openssh/sftp-server "$root/usr/libexec/openssh/sftp-server"
    sed -i '/^PermitRootLogin/d' "$root/etc/ssh/sshd_config"
    add_el_accounts
    allow_plain_rpm
}

place_files() { # with EL's modes, whatever umask the checkout was made with
    local file mode
    find "$here/files" -type f -printf '%P\n' | while read -r file; do
        mode=644
        [ ! -x "$here/files/$file" ] || mode=755
        install -D -m "$mode" "$here/files/$file" "$root/$file"
    done
}

add_el_accounts() {
    chroot "$root" groupmod -n nobody nogroup
    chroot "$root" groupmod -g 2010 uucp
    chroot "$root" groupadd -g 10 wheel
    sed -i 's/^SHELL=.*/SHELL=\/bin\/bash/' "$root/etc/default/useradd"
    sed -i 's/^#\?\(HOME_MODE\)\s.*/\1 0700/; s/^#\?\(SYS_[UG]ID_MIN\)\s.*/\1 201/' "$root/etc/login.defs"
    sed -i 's/^#\?\(SYS_[UG]ID_MAX\)\s.*/\1 999/; $a CREATE_HOME yes' "$root/etc/login.defs"
}

allow_plain_rpm() { # Debian's rpm asks for --force-debian before it installs or erases
    local short
    for short in -e -i -U -F; do
        echo "rpm alias $short --force-debian $short"
    done >>"$(ls "$root"/usr/lib/rpm/rpmpopt-*)"
}

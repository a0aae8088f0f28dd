# What comes from Debian packages, and what dnf knows.

add_packages() {
    unpack payload
    rm -f "$root"/etc/init.d/* "$root"/usr/bin/{chcat,sandbox,audit2allow,audit2why} "$root/usr/sbin/semanage"
    chroot "$root" python3 -m compileall -q /usr/lib/python3/dist-packages
    # rpm looks for its plugins where EL has them
    mkdir -p "$root/usr/lib64/rpm-plugins"
    ln -s "$(cd "$root" && echo /usr/lib/*/rpm-plugins/selinux.so)" "$root/usr/lib64/rpm-plugins/selinux.so"
}

unpack() { # keeps /bin, /lib and /sbin the links that they are
    tar -C "$folder/$1" -c . | tar -C "$root" -x --keep-directory-symlink
}

replace_repository() {
    rm -rf "$root/srv/repo" "$root"/var/cache/dnf/*
    cp -r "$folder/repository" "$root/srv/repo"
    cp "$folder/repository-key.asc" "$root/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial"
    chroot "$root" rpm -e --allmatches gpg-pubkey
    chroot "$root" rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial
    chroot "$root" bash -c 'cd /srv/repo/selinux && rpm -i --nodeps selinux-policy-*.rpm audit-*.rpm'
    chroot "$root" dnf -q makecache
}

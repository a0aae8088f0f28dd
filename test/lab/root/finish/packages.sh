# The repository inside the host, the rpm database of a minimal installation, and dnf's first look at both.

install_packages() {
    cp -r "$repository/." "$root/srv/repo"
    cp "$key" "$root/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial"
    chroot "$root" rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial
    rm -f "$root"/usr/lib/os-release "$root"/etc/{os-release,issue,issue.net}
    chroot "$root" bash -c 'cd /srv/repo/base && rpm -i --nodeps *.rpm'
    chroot "$root" dnf -q -y install rsyslog
    chroot "$root" dnf -q makecache
}

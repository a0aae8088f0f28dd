# Nothing of one host's identity may stay in what all hosts share.

leave_pristine() {
    : >"$root/etc/machine-id"
    rm -f "$root"/var/lib/dbus/machine-id "$root"/etc/{hostname,resolv.conf} "$root"/etc/ssh/ssh_host_*
    rm -rf "$root"/tmp/* "$root"/var/log/dnf* "$root"/var/log/{apt,dpkg.log,bootstrap.log,alternatives.log,runit,faillog}
    chroot "$root" usermod -p '*' root
}

# What of Debian would show, or would disturb.

drop_debian_units() {
    rm -f "$root"/usr/lib/systemd/system/{ssh.service,ssh.socket,ssh@.service}
    rm -f "$root"/usr/lib/systemd/system/{apt-daily,apt-daily-upgrade,dpkg-db-backup,e2scrub_all,e2scrub_reap}.*
    rm -f "$root"/usr/lib/systemd/system/selinux-autorelabel*
    rm -f "$root"/etc/systemd/system/sshd.service
    rm -rf "$root"/etc/systemd/system/{timers,multi-user,sockets}.target.wants/*
    rm -rf "$root"/etc/init.d/* "$root"/etc/rc?.d/*
    rm -f "$root"/usr/lib/python3/dist-packages/dnf-plugins/{local,show_leaves}.py "$root/etc/dnf/plugins/local.conf"
}

hide_debian_tools() {
    local tool hidden=$root/usr/lib/lab-hidden
    mkdir -p "$hidden"
    for tool in "$root"/usr/bin/{apt,apt-*,dpkg,dpkg-*,debconf*}; do
        [ ! -e "$tool" ] || mv "$tool" "$hidden"
    done
    rm -rf "$root"/etc/{debian_version,dpkg,apt,network} "$root"/var/{cache,lib}/apt
}

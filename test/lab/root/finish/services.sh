# What runs in a host that nobody has touched: sshd, rsyslog and the network.

choose_services() {
    chroot "$root" systemctl preset-all
    chroot "$root" systemctl enable sshd.service rsyslog.service systemd-networkd.service
    chroot "$root" systemctl disable systemd-networkd-wait-online.service
    chroot "$root" systemctl set-default multi-user.target
    mkdir -p "$root/var/log/journal"
}

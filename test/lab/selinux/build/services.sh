choose_services() {
    echo 'enable auditd.service' >"$root/usr/lib/systemd/system-preset/80-audit.preset"
    chroot "$root" systemctl -q enable auditd.service
    install -d -m 700 "$root/var/log/audit"
    install -d -m 700 "$root/lost+found"
    echo '/dev/vda / ext4 defaults 0 0' >"$root/etc/fstab"
}

# Debian greets every session, a command's too, with programs that it starts for that.
quieten_logins() {
    sed -i '/pam_motd.so/d; /pam_mail.so/d' "$root/etc/pam.d/sshd"
}

#!/bin/bash
# build-kernel.sh ROOT PAYLOAD: give ROOT the kernel that is unpacked in PAYLOAD, the modules of modules.txt, and an
# initramfs with PAYLOAD's busybox that mounts the disk. Nothing here runs in ROOT: depmod comes from there, too.
set -euo pipefail
umask 022
root=$1
payload=$2
here=$(dirname "$0")
version=$(ls "$payload/lib/modules")
modules=usr/lib/modules/$version

list() {
    grep -v -e '^#' -e '^$' "$here/$1"
}

install_kernel() {
    install -D -m 755 "$payload/boot/vmlinuz-$version" "$root/boot/vmlinuz"
    mkdir -p "$root/$modules"
    cp "$payload/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/$modules"
    list modules.txt | (cd "$payload/lib/modules/$version" && xargs cp -r --parents -t "$root/$modules")
    chroot "$root" depmod "$version"
}

build_initramfs() {
    local tree=$payload/initramfs module
    mkdir -p "$tree"/{dev,proc,root,modules}
    cp "$payload/bin/busybox" "$tree/busybox"
    install -m 755 "$here/init.sh" "$tree/init"
    list initramfs-modules.txt >"$tree/modules/order"
    while read -r module; do
        find "$payload/lib/modules" -name "$module.ko" -exec cp -t "$tree/modules" '{}' +
    done <"$tree/modules/order"
    (cd "$tree" && find . | sort | cpio --quiet -o -H newc | gzip -1) >"$root/boot/initramfs.img"
}

install_kernel
build_initramfs

#!/bin/bash
# fetch-payload.sh ROOT PAYLOAD: download the packages of payload.txt with the apt of ROOT, unpack each to PAYLOAD/NAME
set -euo pipefail
root=$1
payload=$2
list=$(dirname "$0")/payload.txt

download() { # PACKAGE=VERSION
    mkdir "$root/payload"
    chroot "$root" sh -c 'cd /payload && apt-get download --quiet "$1"' sh "$1"
}

grep -v -e '^#' -e '^$' "$list" | while read -r name package; do
    if ! download "$package"; then
        echo "$package is not in the archive any more: taking the newest"
        rm -rf "$root/payload"
        download "${package%%=*}"
    fi </dev/null
    mkdir -p "$payload/$name"
    dpkg-deb -x "$root"/payload/*.deb "$payload/$name"
    rm -rf "$root/payload"
done

#!/bin/bash
# fetch-packages.sh ROOT FOLDER SUITE: unpack packages.txt, and what of their dependencies ROOT lacks, to FOLDER/payload,
# and build-packages.txt to FOLDER/tools. The apt of this machine does it, with sources of its own: ROOT has none left.
set -euo pipefail
root=$1
folder=$2
suite=$3
here=$(dirname "$0")
signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'

list() {
    grep -v -e '^#' -e '^$' "$here/$1"
}

apt() {
    apt-get -q -y -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o "Dir::State=$folder/state" -o "Dir::State::status=$root/var/lib/dpkg/status" \
        -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root "$@"
}

unpack() { # FOLDER DEB...
    local to=$1 package
    shift
    for package; do
        dpkg-deb -x "$package" "$to"
    done
    rm -rf "$to"/usr/share/{doc,man,info,locale,lintian,bash-completion}
}

mkdir -p "$folder"/{payload,tools,debs,state/lists/partial,cache/archives/partial}
cat >"$folder/sources.list" <<SOURCES
deb $signed http://deb.debian.org/debian $suite main
deb $signed http://deb.debian.org/debian $suite-updates main
deb $signed http://deb.debian.org/debian-security $suite-security main
SOURCES
apt update
mapfile -t packages < <(list packages.txt)
apt --no-install-recommends --download-only install "${packages[@]}"
unpack "$folder/payload" "$folder"/cache/archives/*.deb
mapfile -t packages < <(list build-packages.txt)
(cd "$folder/debs" && apt download "${packages[@]}")
unpack "$folder/tools" "$folder"/debs/*.deb

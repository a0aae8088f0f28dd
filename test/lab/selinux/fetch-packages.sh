#!/bin/bash
# fetch-packages.sh ROOT FOLDER SUITE: unpack packages.txt, and what of their dependencies ROOT lacks, to FOLDER/payload,
# build-packages.txt to FOLDER/tools, and what boots a virtual machine to FOLDER/kernel.
# The apt of this machine does it, with sources of its own: ROOT has none left.
set -euo pipefail
root=$1
folder=$2
suite=$3
here=$(dirname "$0")
signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'

list() {
    grep -v -e '^#' -e '^$' "$here/$1"
}

apt() { # get|cache ARGUMENT...
    "apt-$1" -q -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o "Dir::State=$folder/state" -o "Dir::State::status=$root/var/lib/dpkg/status" \
        -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root "${@:2}"
}

download() { # FOLDER PACKAGE...: without what they depend on
    mkdir "$1-debs"
    (cd "$1-debs" && apt get download "${@:2}")
    unpack "$1" "$1"-debs/*.deb
}

unpack() { # FOLDER DEB...
    local to=$1 package
    shift
    for package; do
        dpkg-deb -x "$package" "$to"
    done
    rm -rf "$to"/usr/share/{doc,man,info,locale,lintian,bash-completion}
}

kernel_package() { # the newest one: this package has nothing but its name
    apt cache depends --important linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-\)/\1/p'
}

mkdir -p "$folder"/{payload,tools,kernel,state/lists/partial,cache/archives/partial}
cat >"$folder/sources.list" <<SOURCES
deb $signed http://deb.debian.org/debian $suite main
deb $signed http://deb.debian.org/debian $suite-updates main
deb $signed http://deb.debian.org/debian-security $suite-security main
SOURCES
apt get update
mapfile -t packages < <(list packages.txt)
apt get -y --no-install-recommends --download-only install "${packages[@]}"
unpack "$folder/payload" "$folder"/cache/archives/*.deb
mapfile -t packages < <(list build-packages.txt)
download "$folder/tools" "${packages[@]}"
download "$folder/kernel" busybox-static "$(kernel_package)"

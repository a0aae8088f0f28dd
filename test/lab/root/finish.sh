#!/bin/bash
# finish.sh ROOT REPOSITORY KEY: turn a bare Debian root into what looks and works like CentOS Stream 9
set -euo pipefail
umask 022
root=$1
repository=$2
key=$3
here=$(dirname "$0")

. "$here/finish/debian-away.sh"
. "$here/finish/el-places.sh"
. "$here/finish/packages.sh"
. "$here/finish/services.sh"
. "$here/finish/last.sh"

add_el_places
drop_debian_units
install_packages
choose_services
hide_debian_tools
leave_pristine

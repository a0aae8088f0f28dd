#!/bin/bash
# build-root.sh ROOT FOLDER: make FOLDER/root, a copy of ROOT with an SELinux policy that is EL's in what matters here, from
# what fetch-packages.sh left in FOLDER and the repository in FOLDER/repository
set -euo pipefail
umask 022
from=$1
folder=$2
root=$folder/root
here=$(dirname "$0")

. "$here/build/packages.sh"
. "$here/build/policy.sh"
. "$here/build/services.sh"

cp -a "$from" "$root"
add_packages
build_policy
choose_services
quieten_logins
replace_repository

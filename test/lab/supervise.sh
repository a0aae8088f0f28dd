#!/bin/bash
# supervise.sh MACHINE HOSTNAME ROOT BRIDGE LOG CGROUP...
# Keep one host running until it powers off, in its own control groups and detached from whoever started it.

main() {
    local machine=$1 hostname=$2 root=$3 bridge=$4 log=$5 cgroup ended
    for cgroup in "${@:6}"; do
        echo $$ >"$cgroup/cgroup.procs"
    done
    exec </dev/null >>"$log" 2>&1
    while :; do
        echo "--- power on $(date --rfc-3339=seconds)"
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --boot --settings=no --register=no --keep-unit \
            --directory="$root" --machine="$machine" --hostname="$hostname" --network-bridge="$bridge" \
            --capability=CAP_NET_ADMIN --kill-signal=SIGRTMIN+3 \
            --resolv-conf=off --timezone=off --link-journal=no
        ended=$?
        echo "--- systemd-nspawn ended with $ended"
        [ "$ended" = 133 ] || exit 0 # 133: the host asks to be started again
    done
}

main "$@" # read whole before it runs, so that this file may change meanwhile
exit

#!/bin/bash
# supervise.sh LOG CGROUP... -- COMMAND...
# Keep one host running until it powers off, in its own control groups and detached from whoever started it.

main() {
    local log=$1 ended
    shift
    while [ "$1" != -- ]; do
        echo $$ >"$1/cgroup.procs"
        shift
    done
    shift
    exec </dev/null >>"$log" 2>&1
    while :; do
        echo "--- power on $(date --rfc-3339=seconds)"
        "$@"
        ended=$?
        echo "--- the machine ended with $ended"
        [ "$ended" = 133 ] || exit 0 # 133: the host asks to be started again
    done
}

main "$@" # read whole before it runs, so that this file may change meanwhile
exit

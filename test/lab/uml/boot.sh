#!/bin/bash
# boot.sh PRELOAD ARGUMENT...: User-mode Linux with a library of ours before it. To reboot it starts the program of its
# own name anew; it gets a name that ends with 133 instead, as the cable is still plugged into what runs until then.

export LD_PRELOAD=$1
exec -a "$(dirname "$(realpath "$0")")/reboot.sh" linux.uml "${@:2}"

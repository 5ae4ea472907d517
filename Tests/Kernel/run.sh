#!/bin/bash
# run.sh SCRIPT [SECONDS] [NAME=VALUE…]: boots the User-Mode Linux bench, runs SCRIPT in it with these variables, and exits
# with its status, 124 when it did not end in time.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
script=$(realpath "${1:?usage: run.sh SCRIPT [SECONDS] [NAME=VALUE…]}") seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
kernel=$("$here/build-kernel.sh" uml)
tools=$PWD/build/kernel/uml
mkdir -p "$tools"
cp -u "$here"/simbus/* "$tools/"
nice make -s -C "$kernel/build" ARCH=um M="$tools" modules > "$tools/log" 2>&1 || { cat "$tools/log" >&2; exit 1; }
gcc -O1 -o "$tools/seed" "$here/seed.c"

begin=$(date +%s%N)
output=$(timeout -k 5 "$seconds" "$kernel/linux" mem=256M root=/dev/root rootfstype=hostfs rootflags=/ ro \
    init="$here/uml-init.sh" BENCH_KERNEL="$kernel" BENCH_TOOLS="$tools" BENCH_SCRIPT="$script" "$@" \
    con0=null,fd:1 con=null quiet panic=-1 < /dev/null 2>&1) || true
output=${output//$'\r'/}
sed '/^BENCH-EXIT /d' <<< "$output"
printf 'bench: %s took %d ms with the boot\n' "$(basename "$script")" $((($(date +%s%N) - begin) / 1000000))
status=$(sed -n 's/^BENCH-EXIT //p' <<< "$output" | tail -n 1)
exit "${status:-124}"

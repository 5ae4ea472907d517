#!/bin/bash
# sim-builds.sh HOST-BENCH BUILD-FOLDER: the same simulated hours in every build. Prints each build's traces; those of this
# machine's two builds have to be the same.
set -euo pipefail

usage="usage: sim-builds.sh HOST-BENCH BUILD-FOLDER"
host=${1:?$usage} builds=${2:?$usage}

traces() {
    "$@" sim --seeds 1 --first 7 --hours 2 --json | sed -nE 's/.*"rig":"([a-z0-9]+)".*"trace":"([0-9a-f]+)".*/\1=\2/p' |
        tr '\n' ' '
}

expected=$(traces "$host")
echo "host      $expected"
compact=$(traces "$builds/x86_64/ballast-bench")
echo "x86_64    $compact"
for arch in aarch64 armv7; do
    runner=(qemu-aarch64-static)
    [ "$arch" = aarch64 ] || runner=(qemu-arm-static -cpu cortex-a9)
    trace=$(traces "${runner[@]}" "$builds/$arch/ballast-bench")
    [ "$trace" = "$expected" ] && note="same as host" || note="another course"
    echo "$arch   $trace  $note"
done
[ "$compact" = "$expected" ] || { echo "sim-builds: the two builds of this machine disagree" >&2; exit 1; }

#!/bin/bash
# instructions-per-hash.sh AARCH64-BENCH ARMV7-BENCH: counts the instructions that the nonce kernels of the board builds of
# ballast-bench execute a hash, exactly and whatever else this machine does, as the difference of two run lengths under QEMU.
# Fails when a kernel needs more than its limit (Docs/sha256.md says where the limits come from).
set -euo pipefail

[ $# = 2 ] || { echo "usage: instructions-per-hash.sh AARCH64-BENCH ARMV7-BENCH" >&2; exit 2; }
for tool in qemu-aarch64 qemu-arm clang; do
    command -v "$tool" >/dev/null || { echo "instructions-per-hash: no $tool in PATH (Debian: qemu-user)" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
clang -O2 -shared -fPIC -fuse-ld=lld -o "$folder/count.so" "$here/instruction_count.c"

# instructions EMULATOR BENCH KERNEL NONCES
instructions() {
    $1 -plugin "$folder/count.so" "$2" sha256-count "$3" "$4" 2>&1 >/dev/null | tail -n 1
}

status=0
# check NAME EMULATOR BENCH KERNEL LIMIT (instructions a hash)
check() {
    local short=1200 long=3600 few many tenths
    few=$(instructions "$2" "$3" "$4" $short)
    many=$(instructions "$2" "$3" "$4" $long)
    tenths=$(((many - few) * 10 / (long - short)))
    printf '%-8s %-10s %6d.%d instructions a hash, limit %d\n' "$1" "$4" $((tenths / 10)) $((tenths % 10)) "$5"
    if [ "$tenths" -gt $(($5 * 10)) ]; then status=1; fi
}

check aarch64 "qemu-aarch64 -cpu max" "$1" scalar 3388
check aarch64 "qemu-aarch64 -cpu max" "$1" neon 1297
check aarch64 "qemu-aarch64 -cpu max" "$1" arm-sha2 196
check armv7 "qemu-arm -cpu cortex-a9" "$2" scalar 3849
check armv7 "qemu-arm -cpu cortex-a9" "$2" neon 1443

# A nonce from the port's bytes to the decision what becomes of it, and what that is of one slow core: three boards of 126 chips at
# full S21-class rate find 185 nonces a second (ballast-bench chain), and a Cortex-A9 at 667 MHz does about one instruction a cycle.
chain() { qemu-arm -cpu cortex-a9 -plugin "$folder/count.so" "$2" chain-count nonces "$1" 2>&1 >/dev/null | tail -n 1; }
few=$(chain 1000 "$2")
many=$(chain 5000 "$2")
each=$(((many - few) / 4000))
printf 'armv7    nonce      %8d instructions each; 185 a second are %d.%03d %% of a 667 MHz core, limit 20 %%\n' "$each" \
    $((each * 185 / 6670000)) $((each * 185 * 1000 / 6670000 % 1000))
if [ $((each * 185)) -gt $((667000000 / 5)) ]; then status=1; fi
exit $status

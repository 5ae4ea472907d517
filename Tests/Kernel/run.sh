#!/bin/bash
# run.sh uml|arm SCRIPT SECONDS NAME=FILE…: boots a guest, runs SCRIPT in it, and exits with its status, 124 when it did not end
# in time. The script finds each FILE under the path in the variable NAME, and the kernel's modules in BENCH_TOOLS.
#
# uml is User-Mode Linux, with this machine's root file system, read-only. arm is a 32-bit ARM board emulated by QEMU, with
# nothing but BusyBox and the files; it reaches a pool of this machine's (pool.sh) by QEMU's own network.
set -euo pipefail

usage="usage: run.sh uml|arm SCRIPT SECONDS NAME=FILE…"
here=$(cd "$(dirname "$0")" && pwd)
kind=${1:?$usage} script=$(realpath "${2:?$usage}") seconds=${3:?$usage}
shift 3
kernel=$("$here/build-kernel.sh" "$kind")
tools=$PWD/build/kernel/$kind
mkdir -p "$tools"
cp -u "$here"/simbus/* "$kernel"/*.ko "$tools/"
cross=()
[ "$kind" = uml ] && arch=um || { arch=arm cross=(CROSS_COMPILE=arm-linux-gnueabihf-); }
nice make -s -C "$kernel/build" ARCH=$arch "${cross[@]}" M="$tools" modules > "$tools/log" 2>&1 ||
    { cat "$tools/log" >&2; exit 1; }

uml() {
    gcc -O1 -o "$tools/seed" "$here/seed.c"
    guest=("$kernel/linux" mem=256M root=/dev/root rootfstype=hostfs rootflags=/ ro con0=null,fd:1 con=null
        init="$here/uml-init.sh" BENCH_TOOLS="$tools" BENCH_SCRIPT="$script" "$@" quiet panic=-1)
}

arm() {
    local root=$tools/root busybox=${XDG_CACHE_HOME:-$HOME/.cache}/ballast/sysroot/armhf-busybox setting
    "$here/../../Packaging/board-libraries.sh" armhf "$busybox" busybox-static
    rm -rf "$root" && mkdir -p "$root"/{bin,proc,sys,dev,run,etc,bench}
    cp "$busybox/bin/busybox" "$root/bin/"
    cp "$here/arm-init.sh" "$root/init"
    cp "$tools"/*.ko "$root/bench/"
    cp "$script" "$root/bench/script"
    for setting; do
        cp "${setting#*=}" "$root/bench/"
        echo "export ${setting%%=*}=/bench/$(basename "${setting#*=}")" >> "$root/bench/environment"
    done
    printf 'export BENCH_POOL_HOST=10.0.2.2 BENCH_POOL_PORT=%s\n' "${BENCH_POOL_PORT:-}" >> "$root/bench/environment"
    (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) > "$tools/root.gz"
    # Its time counts instructions, two nanoseconds each: a host that is busy makes it slow, but never late.
    guest=(qemu-system-arm -M virt -cpu cortex-a15 -m 256 -icount shift=1 -nodefaults -display none -serial stdio -no-reboot
        -netdev user,id=net -device virtio-net-device,netdev=net
        -kernel "$kernel/zImage" -initrd "$tools/root.gz" -append "console=ttyAMA0 quiet panic=-1")
}

"$kind" "$@"
begin=$(date +%s%N)
output=$(timeout -k 5 "$seconds" "${guest[@]}" < /dev/null 2>&1) || true
output=${output//$'\r'/}
sed '/^BENCH-EXIT /d' <<< "$output"
printf 'bench: %s on %s took %d ms with the boot\n' \
    "$(basename "$script")" "$kind" $((($(date +%s%N) - begin) / 1000000))
status=$(sed -n 's/^BENCH-EXIT //p' <<< "$output" | tail -n 1)
exit "${status:-124}"

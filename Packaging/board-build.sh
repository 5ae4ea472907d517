#!/bin/bash
# board-build.sh SDK ARCH PRODUCT…: builds static executables for a board (aarch64, armv7) or for this machine in the same
# mode (x86_64) into build/ARCH, with the Swift SDK bundle that board-sdk.sh wrote into SDK.
set -euo pipefail

usage="usage: board-build.sh SDK aarch64|armv7|x86_64 PRODUCT…"
sdk=${1:?$usage} arch=${2:?$usage}; shift 2
[ $# -gt 0 ] || { echo "$usage" >&2; exit 2; }
case $arch in
    aarch64) triple=aarch64-none-none-elf ;;
    armv7) triple=armv7-none-none-eabi ;;
    x86_64) triple=x86_64-unknown-none-elf ;;
    *) echo "board-build: unknown architecture '$arch'; $usage" >&2; exit 2 ;;
esac

mkdir -p "build/$arch"
for product; do
    echo "board-build: $product for $arch" >&2
    swift build --swift-sdks-path "$sdk" --swift-sdk "$triple" --scratch-path ".build-$arch" -c release --product "$product"
    cp ".build-$arch/$triple/release/$product" "build/$arch/"
done

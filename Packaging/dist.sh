#!/bin/bash
# dist.sh ARCH: packs build/ARCH/ballastd and what installs it on a board into build/ballast-ARCH.tar.gz.
set -euo pipefail

arch=${1:?usage: dist.sh aarch64|armv7}
staging=build/dist/ballast-$arch
rm -rf "$staging" && mkdir -p "$staging"
install -m 755 "build/$arch/ballastd" Packaging/install.sh "$staging/"
install -m 644 Packaging/ballastd.service LICENSE "$staging/"
cp -R Boards Udev "$staging/"
tar -C build/dist --owner=0 --group=0 --sort=name -czf "build/ballast-$arch.tar.gz" "ballast-$arch"
ls -l "build/ballast-$arch.tar.gz"

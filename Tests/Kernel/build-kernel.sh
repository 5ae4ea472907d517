#!/bin/bash
# build-kernel.sh uml|arm: builds the bench's kernel from Debian's linux-source-6.1 unless the cache has it; prints its folder.
#
# The cache lies outside the tree, keyed by the source's version and by everything else that decides the result. It keeps
# the kernel, its modules, and what other modules are built against.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
kind=${1:?usage: build-kernel.sh uml|arm}
case $kind in
    uml) arch=um cross='' image=linux headers=x86 ;;
    arm) arch=arm cross=arm-linux-gnueabihf- image=arch/arm/boot/zImage headers=arm ;;
    *) echo "build-kernel: unknown kernel '$kind'" >&2; exit 2 ;;
esac
config=$here/$kind.config
version=$(dpkg-query -W -f '${Version}' linux-source-6.1)
recipe=1 # counts the ways in which this script has built kernels
key=$(cat "$config" - <<< "$recipe" | sha256sum | cut -c 1-12)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/ballast/kernel/$kind-$version-$key
[ -e "$folder/.complete" ] && { echo "$folder"; exit 0; }

# One build at a time; who waited finds it done.
mkdir -p "$folder"
exec 9> "$folder.lock"
flock 9
[ -e "$folder/.complete" ] && { echo "$folder"; exit 0; }
begin=$SECONDS
log=$folder/log
echo "build-kernel: building $kind from Linux $version in $folder (some minutes, once)" >&2
trap 'tail -n 30 "$log" >&2; echo "build-kernel: failed; all of it is in $log" >&2' ERR
rm -rf "$folder"/* && mkdir -p "$folder/source" "$folder/build"
tar -xJf /usr/src/linux-source-6.1.tar.xz -C "$folder/source" --strip-components=1 > "$log" 2>&1
# A tick of 1 ms: User-Mode Linux delivers simulated interrupts with the tick, and 10 ms would merge the edges of a line.
sed -i '/^config HZ$/,/^$/ s/default 100/default 1000/' "$folder/source/arch/um/Kconfig"
kernel() { nice make -s -C "$folder/source" O="$folder/build" ARCH=$arch CROSS_COMPILE="$cross" "$@" >> "$log" 2>&1; }
kernel KCONFIG_ALLCONFIG="$config" allnoconfig
# An option that was renamed or lacks what it depends on is dropped silently.
lacking=$(grep '^CONFIG' "$config" | grep -vxFf "$folder/build/.config" || true)
[ -z "$lacking" ] || { echo "build-kernel: the kernel's configuration did not take:"$'\n'"$lacking" >&2; exit 1; }
kernel -j"$(nproc)" "${image##*/}" modules

# 2 GB shrink to what building a module needs.
find "$folder/build" -name '*.ko' -exec mv -t "$folder" {} +
mv "$folder/build/$image" "$folder/"
find "$folder/source" -mindepth 1 -maxdepth 1 -type d ! -name arch ! -name include ! -name scripts -exec rm -rf {} +
find "$folder/source/arch" -mindepth 1 -maxdepth 1 -type d ! -name $arch ! -name $headers -exec rm -rf {} +
find "$folder/build" ! -path '*/scripts/*' \( -name '*.o' -o -name '*.a' -o -name '*.cmd' -o -name vmlinux \) -delete
touch "$folder/.complete"
echo "build-kernel: $kind built in $((SECONDS - begin)) s" >&2
echo "$folder"

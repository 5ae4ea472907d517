#!/bin/bash
# board-libraries.sh ARCH OUT: unpacks Debian's libgpiod and libi2c for another architecture (arm64, armhf) into OUT.
#
# It keeps an apt state of its own: registering a foreign architecture with the system's apt makes every later
# `apt-get update` depend on that architecture's indices too. The mirror is the one the system already uses.
set -euo pipefail

arch=${1:?usage: board-libraries.sh ARCH OUT} out=${2:?usage: board-libraries.sh ARCH OUT}
packages="libgpiod-dev libgpiod2 libi2c-dev libi2c0"
stamp=$out/.complete
[ -e "$stamp" ] && [ "$(cat "$stamp")" = "$packages" ] && exit 0

echo "board-libraries: fetching $packages for $arch" >&2
root=$out.apt
rm -rf "$out" && mkdir -p "$out" "$root"/{lists/partial,cache/archives/partial,etc,download}
: > "$root/status"
mirror=$({ cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true; } |
    sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' | head -n 1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
[ -n "$mirror" ] || { echo "board-libraries: no Debian mirror found in /etc/apt" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$root/etc/sources.list"

apt() {
    apt-get -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$root" \
        -o Dir::State::lists="$root/lists" -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache" \
        -o Dir::Etc::sourcelist="$root/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}
apt update
(cd "$root/download" && apt download $packages)
for archive in "$root"/download/*.deb; do dpkg -x "$archive" "$out"; done
rm -rf "$root"
echo "$packages" > "$stamp"

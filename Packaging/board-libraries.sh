#!/bin/bash
# board-libraries.sh ARCH OUT [PACKAGE…]: unpacks packages of Debian for another architecture (arm64, armhf) into OUT:
# libgpiod and libi2c unless others are named.
#
# It keeps an apt state of its own: registering a foreign architecture with the system's apt makes every later
# `apt-get update` depend on that architecture's indices too. The mirror is the one the system already uses.
set -euo pipefail

usage="usage: board-libraries.sh ARCH OUT [PACKAGE…]"
arch=${1:?$usage} out=${2:?$usage}; shift 2
packages=${*:-libgpiod-dev libgpiod2 libi2c-dev libi2c0}
complete() { [ -e "$out/.complete" ] && [ "$(cat "$out/.complete")" = "$packages" ]; }
complete && exit 0

fail() { echo "board-libraries: $*" >&2; exit 1; }
echo "board-libraries: fetching $packages for $arch into $out" >&2
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/apt
mkdir -p "$root"/{lists/partial,cache/archives/partial,etc,download} "$work/tree"
: > "$root/status"
mirror=$({ cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2> /dev/null || true; } |
    sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' | head -n 1)
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$mirror" ] && [ -n "$suite" ] || fail "no Debian mirror in /etc/apt, or no VERSION_CODENAME in /etc/os-release"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$root/etc/sources.list"

apt() {
    apt-get -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$root" \
        -o Dir::State::lists="$root/lists" -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache" \
        -o Dir::Etc::sourcelist="$root/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::http::Timeout=30 "$@"
}
apt update || fail "could not read the package lists of $mirror ($suite, $arch)"
(cd "$root/download" && apt download $packages) || fail "could not fetch $packages for $arch from $mirror"
for archive in "$root"/download/*.deb; do dpkg -x "$archive" "$work/tree"; done
echo "$packages" > "$work/tree/.complete"
# Renamed into place whole; when another build was faster, its tree serves.
rm -rf "$out"
mv -T "$work/tree" "$out" 2> /dev/null || complete || fail "could not move the unpacked libraries to $out"

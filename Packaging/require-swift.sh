#!/bin/bash
# require-swift.sh: stops with a clear message unless a usable Swift toolchain is in PATH; installs the system libraries it loads.
set -euo pipefail

advice="install the Swift 6.3.1 toolchain for Debian 12 from https://www.swift.org/install/linux/ (6.2 or later is needed,
6.3.1 is tested) and put its usr/bin folder in PATH"
command -v swift > /dev/null || { echo "require-swift: no swift in PATH; $advice" >&2; exit 1; }

"$(dirname "$0")/require.sh" "the Swift toolchain" \
    git=git ca-certificates=/etc/ssl/certs/ca-certificates.crt tzdata=/usr/share/zoneinfo/UTC \
    libc6-dev='/usr/lib/*-linux-gnu/crt1.o' libstdc++-12-dev='/usr/lib/gcc/*-linux-gnu/*/libstdc++.so' \
    libcurl4='/usr/lib/*/libcurl.so.4' libxml2='/usr/lib/*/libxml2.so.2' libsqlite3-0='/usr/lib/*/libsqlite3.so.0' \
    libncurses6='/usr/lib/*/libncurses.so.6'

version=$(swift --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
read -r major minor <<< "${version:-0 0}"
if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    echo "require-swift: $(command -v swift) is version ${version:+$major.$minor}${version:-unknown}; $advice" >&2
    exit 1
fi

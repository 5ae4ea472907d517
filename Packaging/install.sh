#!/bin/sh
# install.sh BOARD-FILE [ROOT]: installs the agent from this folder on a control board, or into ROOT, an image's file system.
#
# Plain sh, because boards have BusyBox. Running it again replaces the executable and the unit and keeps every setting.
set -eu

usage="usage: install.sh BOARD-FILE [ROOT]   (BOARD-FILE: one of Boards/*.json)"
here=$(cd "$(dirname "$0")" && pwd)
board=${1:?$usage} root=${2:-}
fail() { echo "install: $*" >&2; exit 1; }

[ -f "$board" ] || fail "no board file '$board'; choose from: $(cd "$here" && echo Boards/*.json)"
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail "must run as root: it writes to /usr/local/sbin and /etc"
# A wrong architecture or a mistake in the board file is found before anything is replaced.
[ -n "$root" ] || "$here/ballastd" check --board "$board" ||
    fail "$here/ballastd did not accept $board on this $(uname -m) machine; nothing was changed"

mkdir -p "$root/usr/local/sbin" "$root/etc/ballast" "$root/var/lib/ballast"
chmod 700 "$root/etc/ballast" "$root/var/lib/ballast"
# Written beside and renamed: a running agent keeps its file, and a power cut leaves the old one or the new one.
cp "$here/ballastd" "$root/usr/local/sbin/.ballastd.new"
chmod 755 "$root/usr/local/sbin/.ballastd.new"
sync
mv "$root/usr/local/sbin/.ballastd.new" "$root/usr/local/sbin/ballastd"

if [ -e "$root/etc/ballast/board.json" ]; then
    cmp -s "$board" "$root/etc/ballast/board.json" ||
        echo "install: kept /etc/ballast/board.json, which differs from $board; remove it first to replace it" >&2
else
    cp "$board" "$root/etc/ballast/board.json"
fi

# Products that are there already are somebody's: what was sold may differ from what is shipped.
mkdir -p "$root/etc/ballast/products"
for product in "$here"/Boards/products/*.json; do
    [ -e "$root/etc/ballast/products/${product##*/}" ] || cp "$product" "$root/etc/ballast/products/"
done

if [ -d "$root/lib/udev" ] || [ -d "$root/usr/lib/udev" ]; then
    mkdir -p "$root/etc/udev/rules.d"
    cp "$here/Udev/60-ballast.rules" "$root/etc/udev/rules.d/60-ballast.rules"
    chmod 644 "$root/etc/udev/rules.d/60-ballast.rules"
    if grep -q '^ballast:' "$root/etc/group" 2> /dev/null; then
        :
    elif [ -n "$root" ]; then
        echo "install: the image has no group ballast, which its udev rules give the buses to" >&2
    else
        groupadd --system ballast 2> /dev/null || addgroup -S ballast ||
            echo "install: could not make the group ballast; the buses stay root's" >&2
    fi
    [ -n "$root" ] || ! command -v udevadm > /dev/null || { udevadm control --reload && udevadm trigger; } ||
        echo "install: the buses change hands with the next start" >&2
fi

if [ -d "$root/run/systemd/system" ] || [ -d "$root/lib/systemd/system" ] || [ -d "$root/usr/lib/systemd/system" ]; then
    mkdir -p "$root/etc/systemd/system"
    cp "$here/ballastd.service" "$root/etc/systemd/system/ballastd.service"
    chmod 644 "$root/etc/systemd/system/ballastd.service"
    echo "installed; write /etc/ballast/config.json, then: systemctl daemon-reload && systemctl enable --now ballastd"
else
    echo "installed; no systemd here: let this board's init supervise"
    echo "  /usr/local/sbin/ballastd run --board /etc/ballast/board.json --config /etc/ballast/config.json --state /var/lib/ballast"
fi

#!/bin/bash
# require.sh PURPOSE PACKAGE=PROOF…: installs the Debian packages that PURPOSE needs and this machine lacks.
#
# PROOF is a command, or the absolute path (a glob is fine) of a file, that the package brings. Where every proof is found,
# however it got there, this is silent, quick and offline. Otherwise it says on standard error what it installs and why.
set -euo pipefail

purpose=${1:?usage: require.sh PURPOSE PACKAGE=PROOF…}; shift
fail() { echo "require: $*" >&2; exit 1; }

present() {
    case $1 in
        /*) compgen -G "$1" > /dev/null ;;
        *) command -v "$1" > /dev/null ;;
    esac
}

missing=()
for requirement; do
    [[ $requirement == ?*=?* ]] || fail "expected PACKAGE=PROOF, found '$requirement'"
    package=${requirement%%=*}
    # A package with several proofs is named once.
    present "${requirement#*=}" || [[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get > /dev/null ||
    fail "$purpose needs the Debian packages ${missing[*]}; this machine has no apt-get, so install their equivalents by hand"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null ||
        fail "$purpose needs the Debian packages ${missing[*]}; run as root, or install sudo, or: apt-get install ${missing[*]}"
    root=(sudo)
    [ -t 0 ] || root+=(-n) # without a terminal nobody can type a password: fail instead of hanging
fi

echo "require: installing ${missing[*]} (needed for: $purpose)" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=30 "$@" < /dev/null >> "$log" 2>&1
}
# An unrelated broken source must not stop an install that does not need it, so only the install decides.
apt update || echo "require: apt-get update reported errors; trying the package lists at hand" >&2
apt install "${missing[@]}" || {
    tail -n 20 "$log" >&2
    fail "could not install ${missing[*]} (needed for: $purpose); apt-get's last words are above"
}
for requirement; do
    present "${requirement#*=}" ||
        fail "installed ${requirement%%=*}, but ${requirement#*=} is still missing (needed for: $purpose)"
done

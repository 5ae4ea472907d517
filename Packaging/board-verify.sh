#!/bin/bash
# board-verify.sh EXECUTABLE…: prints the size of each board executable and fails unless every one of them is static,
# stripped, for the architecture its folder names, and small enough for the boards' flash (Docs/board-build.md).
set -euo pipefail

bytes_max=$((3 * 1024 * 1024))
[ $# -gt 0 ] || { echo "usage: board-verify.sh EXECUTABLE…" >&2; exit 2; }
bad=0
complain() { echo "board-verify: $1: $2" >&2; bad=1; }

printf '%-28s %10s  %s\n' executable bytes machine
for executable; do
    [ -f "$executable" ] || { complain "$executable" "no such file"; continue; }
    bytes=$(stat -c %s "$executable")
    machine=$(readelf -hW "$executable" | sed -nE 's/^ *Machine: *//p')
    printf '%-28s %10d  %s\n' "$executable" "$bytes" "$machine"
    case $(basename "$(dirname "$executable")") in
        aarch64) expected=AArch64 ;;
        armv7) expected=ARM ;;
        x86_64) expected="Advanced Micro Devices X86-64" ;;
        *) expected=$machine ;;
    esac
    [ "$machine" = "$expected" ] || complain "$executable" "built for '$machine', expected '$expected'"
    segments=$(readelf -lW "$executable") sections=$(readelf -SW "$executable")
    if grep -q ' INTERP ' <<< "$segments"; then complain "$executable" "asks for a dynamic loader (INTERP), expected a static executable"; fi
    if grep -q ' DYNAMIC ' <<< "$segments"; then complain "$executable" "has a DYNAMIC segment, expected a static executable"; fi
    if grep -q ' \.symtab ' <<< "$sections"; then complain "$executable" "carries a symbol table, expected a stripped executable"; fi
    if [ "$bytes" -gt "$bytes_max" ]; then complain "$executable" "$bytes bytes, expected at most $bytes_max"; fi
done
exit $bad

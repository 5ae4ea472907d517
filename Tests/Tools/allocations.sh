#!/bin/bash
# allocations.sh BENCH: counts the allocator's calls while ballast-bench handles nonces, jobs and polls of a hash board, as the
# difference of two run lengths, and fails unless they make none.
set -euo pipefail

bench=${1:?usage: allocations.sh BENCH}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
clang -O2 -shared -fPIC -fuse-ld=lld -o "$folder/count.so" "$here/allocation_count.c" -ldl

allocations() { LD_PRELOAD=$folder/count.so "$bench" chain-count "$1" "$2" 2>&1 >/dev/null | tail -n 1; }

status=0
few=1000 many=101000
for part in nonces jobs polls; do
    made=$(($(allocations $part $many) - $(allocations $part $few)))
    printf '%-8s %d allocations for %d of them\n' "$part" "$made" $((many - few))
    if [ "$made" -ne 0 ]; then status=1; fi
done
exit $status

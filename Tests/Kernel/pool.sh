#!/bin/bash
# pool.sh POOL COMMAND…: runs COMMAND with the port of a loopback pool in BENCH_POOL_PORT. The pool checks every share with code
# of its own. Fails when COMMAND does, and when the pool has seen no shares or rejected one.
set -euo pipefail
pool=${1:?usage: pool.sh POOL COMMAND…}
shift
# 430,000 hashes for an average share: seconds for the bench's boards.
difficulty=0.0001

work=$(mktemp -d)
pool_id=
cleanup() {
    [ -z "$pool_id" ] || kill "$pool_id" 2> /dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
"$pool" --port 0 --difficulty "$difficulty" --endpoint-file "$work/endpoint" --stats-json "$work/statistics" \
    > "$work/log" 2>&1 &
pool_id=$!
for ((tries = 0; tries < 200; tries++)); do [ -s "$work/endpoint" ] && break; sleep 0.1; done
port=$(grep -oE '127\.0\.0\.1:[0-9]+' "$work/endpoint" | head -n 1 | cut -d : -f 2)

status=0
BENCH_POOL_PORT=$port "$@" || status=$?
kill -TERM "$pool_id"
wait "$pool_id" || true
pool_id=
read -r accepted rejected < <("$(dirname "$0")/../Board/pool-statistics.sh" "$work/statistics")
echo "pool: $accepted shares accepted, $rejected rejected"
[ "$accepted" -gt 0 ] && [ "$rejected" -eq 0 ] || { cat "$work/log"; exit 1; }
exit "$status"

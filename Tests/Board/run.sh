#!/bin/bash
# run.sh POOL BALLASTD QEMU…: the main job on a board's executable: BALLASTD, run by QEMU…, mines against the loopback POOL,
# which checks every share with code of its own. Fails unless enough shares are accepted in time, none is rejected, and the
# agent stops cleanly when told to.
set -euo pipefail

usage="usage: run.sh POOL BALLASTD QEMU…"
pool=${1:?$usage} ballastd=${2:?$usage}; shift 2
[ $# -gt 0 ] || { echo "$usage" >&2; exit 2; }

shares_min=3
difficulty=0.0001 # 429,497 hashes for an average share: a second or two of an emulated core
mining_seconds_max=180
stop_seconds_max=20

work=$(mktemp -d)
pool_id='' agent_id=''
cleanup() {
    local child
    for child in $agent_id $pool_id; do
        kill -KILL "$child" 2> /dev/null || true
        wait "$child" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
fail() {
    echo "board run: $ballastd: $*" >&2
    tail -n 20 "$work"/*.log >&2 || true
    exit 1
}
statistics() { "$(dirname "$0")/pool-statistics.sh" "$work/pool.json" 2> /dev/null; }
accepted() {
    local accepted=0 rejected
    read -r accepted rejected < <(statistics) || true
    echo "${accepted:-0}"
}
# poll SECONDS PROCESS CONDITION…: waits until CONDITION holds; fails when time is up or PROCESS has ended.
poll() {
    local seconds=$1 process=$2 end; shift 2
    end=$((SECONDS + seconds))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        kill -0 "$process" 2> /dev/null || return 1
        sleep 0.2
    done
}
enough_shares() { [ "$(accepted)" -ge "$shares_min" ]; }
has_ended() { ! kill -0 "$1" 2> /dev/null; }

"$pool" --port 0 --difficulty "$difficulty" --endpoint-file "$work/endpoint" --stats-json "$work/pool.json" \
    > "$work/pool.log" 2>&1 &
pool_id=$!
poll 20 "$pool_id" test -s "$work/endpoint" || fail "the loopback pool did not start"
endpoint=$(grep -oE '127\.0\.0\.1:[0-9]+' "$work/endpoint" | head -n 1)

begin=$SECONDS
"$@" "$ballastd" run --board Boards/cpu.json --state "$work/state" --pool "stratum+tcp://$endpoint" --user board.check \
    > "$work/agent.log" 2>&1 &
agent_id=$!
poll "$mining_seconds_max" "$agent_id" enough_shares ||
    fail "$(accepted) shares accepted after $((SECONDS - begin)) s, expected $shares_min within $mining_seconds_max s" \
        "$(has_ended "$agent_id" && echo "(the agent has ended)")"
mined=$((SECONDS - begin))

kill -TERM "$agent_id"
poll "$stop_seconds_max" "$$" has_ended "$agent_id" || fail "still running $stop_seconds_max s after SIGTERM"
status=0
wait "$agent_id" || status=$?
agent_id=
[ "$status" -eq 0 ] || fail "exit status $status after SIGTERM, expected 0"

# The pool's last word, written as it stops.
kill -TERM "$pool_id"
poll "$stop_seconds_max" "$$" has_ended "$pool_id" || fail "the pool still runs $stop_seconds_max s after SIGTERM"
pool_id=
read -r accepted rejected < <(statistics) || fail "the pool left no statistics: $(head -c 1000 "$work/pool.json")"
[ "$rejected" -eq 0 ] || fail "the pool rejected $rejected shares, expected none: $(head -c 1000 "$work/pool.json")"
echo "board run: $ballastd under $1: $accepted shares accepted, none rejected, $mined s"

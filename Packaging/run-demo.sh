#!/bin/bash
# run-demo.sh POOL BALLASTD [SECONDS]: mines on this machine's CPU against a loopback pool, in the foreground, until Ctrl-C
# or for SECONDS. Everything it writes is under build/run; nothing listens beyond 127.0.0.1.
set -euo pipefail

usage="usage: run-demo.sh POOL BALLASTD [SECONDS]"
pool=${1:?$usage} ballastd=${2:?$usage} seconds=${3:-}
state=build/run
rm -rf "$state" && mkdir -p "$state"

# Both children get a session of their own: a Ctrl-C then reaches only this script, which stops the agent first and the
# pool last, so that the agent's farewell is not spoilt by a pool that has gone already.
agent_id='' pool_id=''
stop_children() {
    local child
    for child in $agent_id $pool_id; do
        kill -TERM "$child" 2> /dev/null || continue
        wait "$child" 2> /dev/null || true
    done
}
trap stop_children EXIT

setsid "$pool" --port 0 --difficulty 0.002 --endpoint-file "$state/pool.endpoint" --stats-json "$state/pool.json" \
    > "$state/pool.log" 2>&1 &
pool_id=$!
for ((tries = 0; tries < 100; tries++)); do
    [ -s "$state/pool.endpoint" ] && break
    kill -0 "$pool_id" 2> /dev/null || break
    sleep 0.1
done
[ -s "$state/pool.endpoint" ] || { echo "run-demo: the loopback pool did not start:" >&2; cat "$state/pool.log" >&2; exit 1; }
endpoint=$(grep -oE '127\.0\.0\.1:[0-9]+' "$state/pool.endpoint" | head -n 1)

limit=()
[ -z "$seconds" ] || limit=(timeout --foreground --preserve-status --signal=TERM "$seconds")
setsid ${limit[@]+"${limit[@]}"} "$ballastd" run --board Boards/cpu.json --state "$state/agent" \
    --pool "stratum+tcp://$endpoint" --user demo.cpu &
agent_id=$!
trap 'kill -TERM "$agent_id" 2> /dev/null || true' INT TERM HUP # children of a script start with SIGINT ignored
# A signal ends the wait early; only the agent's own end ends the demo, and its exit status is the demo's.
while kill -0 "$agent_id" 2> /dev/null; do wait "$agent_id" || true; done
status=0
wait "$agent_id" || status=$?
agent_id=
stop_children
pool_id=
if counts=$("$(dirname "$0")/../Tests/Board/pool-statistics.sh" "$state/pool.json"); then
    echo "the pool's own count: ${counts% *} shares accepted, ${counts#* } rejected" >&2
fi
exit "$status"

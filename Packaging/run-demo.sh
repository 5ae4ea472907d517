#!/bin/bash
# run-demo.sh POOL BALLASTD BOARD [SECONDS]: mines on a board, simulated ones or this machine's processor, against a loopback
# pool, in the foreground, until Ctrl-C or for SECONDS. Everything it writes is under build/run; nothing listens beyond 127.0.0.1.
set -euo pipefail

usage="usage: run-demo.sh POOL BALLASTD BOARD [SECONDS]"
pool=${1:?$usage} ballastd=${2:?$usage} board=${3:?$usage} seconds=${4:-}
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

# Simulated chips hash as fast as a processor can; their shares are small enough to see some every second.
difficulty=0.002
grep -q '"simulated": *{' "$board" && difficulty=0.00002
setsid "$pool" --port 0 --difficulty "$difficulty" --endpoint-file "$state/pool.endpoint" --stats-json "$state/pool.json" \
    > "$state/pool.log" 2>&1 &
pool_id=$!
for ((tries = 0; tries < 100; tries++)); do
    [ -s "$state/pool.endpoint" ] && break
    kill -0 "$pool_id" 2> /dev/null || break
    sleep 0.1
done
[ -s "$state/pool.endpoint" ] || { echo "run-demo: the loopback pool did not start:" >&2; cat "$state/pool.log" >&2; exit 1; }
endpoint=$(grep -oE '127\.0\.0\.1:[0-9]+' "$state/pool.endpoint" | head -n 1)

if [ "$difficulty" = 0.00002 ]; then
    cat >&2 <<TEXT
run-demo: SIMULATED boards: they start after about half a minute. From another terminal things happen to them, for example
run-demo:   $ballastd twin --state $state/agent fail fan1 stall for 60s
run-demo:   $ballastd twin --state $state/agent status        (help lists everything)
run-demo: Ctrl-C takes the boards off and lets the fans cool them; a second Ctrl-C does not wait for that
TEXT
fi
setsid "$ballastd" run --board "$board" --state "$state/agent" --pool "stratum+tcp://$endpoint" --user demo.rig &
agent_id=$!
trap 'kill -TERM "$agent_id" 2> /dev/null || true' INT TERM HUP # children of a script start with SIGINT ignored
timer_id=''
if [ -n "$seconds" ]; then
    # The second signal does not wait until the boards are cool.
    (sleep "$seconds"; kill -TERM "$agent_id"; sleep 2; kill -TERM "$agent_id") > /dev/null 2>&1 &
    timer_id=$!
fi
# A signal ends the wait early; only the agent's own end ends the demo, and its exit status is the demo's.
while kill -0 "$agent_id" 2> /dev/null; do wait "$agent_id" || true; done
status=0
wait "$agent_id" || status=$?
agent_id=
[ -z "$timer_id" ] || kill "$timer_id" 2> /dev/null || true
stop_children
pool_id=
if counts=$("$(dirname "$0")/../Tests/Board/pool-statistics.sh" "$state/pool.json"); then
    echo "the pool's own count: ${counts% *} shares accepted, ${counts#* } rejected" >&2
fi
exit "$status"

#!/bin/sh
# Inside a guest: the agent mines on the simulated boards of a board file through the kernel's device nodes, first undisturbed,
# then while the kernel reports errors. BENCH_GUEST and BENCH_AGENT are the programs, BENCH_BOARD is the file, and a pool
# answers at BENCH_POOL_HOST (127.0.0.1), BENCH_POOL_PORT.
set -e
insmod "$BENCH_TOOLS/watchdog.ko"
insmod "$BENCH_TOOLS/softdog.ko"
chip=/sys/kernel/config/gpio-sim/bench
mkdir -p "$chip/bank"
echo bench > "$chip/bank/label"
echo 6 > "$chip/bank/num_lines"
echo 1 > "$chip/live"

work=/run/bench
log=$work/agent.log
mkdir -p $work
fail() {
    echo "FAILED mining: $*"
    tail -n 80 $log
    tail -n 10 $work/rig.log
    exit 1
}
now() { cut -d . -f 1 /proc/uptime; }
# wait_for SECONDS WHAT COMMAND…: waits until COMMAND succeeds.
wait_for() {
    end=$(($(now) + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$(now)" -lt "$end" ] || fail "$what: not in time"
        sleep 0.1
    done
}

# tell ORDER…: one to the rig.
tell() { echo "$*" >&3; }
# What the log says after the last mark.
mark() { lines=$(wc -l < $log); }
logged() { tail -n +$((lines + 1)) $log | grep -q "$1"; }
shares() { logged 'share.* accepted\|accepted .* share'; }
say() { echo "mining: $*"; }

mkfifo $work/orders
exec 3<> $work/orders
"$BENCH_GUEST" rig "$BENCH_BOARD" < $work/orders > $work/rig.log 2>&1 &
wait_for 10 "the rig's serial port" test -e /dev/ttyTWIN1
begin=$(now)
"$BENCH_AGENT" run --board "$BENCH_BOARD" --state $work/state \
    --pool "stratum+tcp://${BENCH_POOL_HOST:-127.0.0.1}:$BENCH_POOL_PORT" --user bench.kernel 3>&- > $log 2>&1 &
agent=$!
lines=0
wait_for 10 "the log" test -s $log
wait_for 60 "board1 hashes" logged 'board1: hashing$'
wait_for 60 "board2 hashes" logged 'board2: hashing$'
wait_for 120 "a share" shares
grep 'SIMULATED' $log
say "first share $(($(now) - begin)) s after the agent's start, through"
ls -l /proc/$agent/fd | sed -n 's/.* -> //p' | grep -E '^/(dev/[^n]|sys)|gpio' | sort | uniq -c

mark
tell refuse i2c 72 EAGAIN
wait_for 10 "EAGAIN from board1's sensor" logged 'sensors.board1: .* arbitration lost'
tell refuse i2c 72 nothing
wait_for 10 "board1's sensor again" logged 'sensors.board1 answers'
tell refuse i2c 73 silence
wait_for 10 "ETIMEDOUT from board2's sensor" logged 'sensors.board2: .* timeout'
tell refuse i2c 73 nothing
wait_for 10 "board2's sensor again" logged 'sensors.board2 answers'
! logged ' to stopping' || fail "a single error stopped a board"
say "EAGAIN and ETIMEDOUT of sensors were borne"

mark
echo spi0.0 > /sys/bus/spi/drivers/spidev/unbind
wait_for 30 "board1 without its SPI device is isolated" logged 'board1: isolated for .* unplugged'
mark
wait_for 60 "a share of board2 alone" shares
say "board1's SPI device was unplugged: isolated, board2 mined on"
mark
echo spi0.0 > /sys/bus/spi/drivers/spidev/bind
wait_for 90 "board1 hashes again" logged 'board1: hashing$'
say "plugged in again: board1 hashes again"

mark
tell refuse i2c 73 EREMOTEIO
wait_for 10 "EREMOTEIO from board2's sensor" logged 'sensors.board2: .* no acknowledge'
wait_for 20 "board2 without its sensor stops" logged 'board2: stopping to off'
mark
wait_for 90 "a share of board1 alone" shares
say "board2's sensor went on with EREMOTEIO: off, board1 mined on"
grep -E ' error ' $log

kill -TERM $agent
mark
wait_for 20 "board1 off at the end" logged 'board1: stopping to off'
kill -TERM $agent
wait $agent || fail "the agent's exit status is $?"
# An emulated processor is late with the fan's pulses when its host is busy: there a verdict would say nothing.
case $(uname -m) in
    arm*) ;;
    *) ! grep -qE ' FAN[0-9]+ ' $log || fail "the fan was found at fault" ;;
esac
tail -n 1 $log

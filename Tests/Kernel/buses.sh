#!/bin/sh
# Inside a guest: holds Platform's buses against the kernel. BENCH_GUEST is the bench-guest program.
set -e
insmod "$BENCH_TOOLS/i2c-stub.ko" chip_addr=0x10
insmod "$BENCH_TOOLS/watchdog.ko"
insmod "$BENCH_TOOLS/softdog.ko"
chip=/sys/kernel/config/gpio-sim/bench
mkdir -p "$chip/bank"
echo bench > "$chip/bank/label"
echo 4 > "$chip/bank/num_lines"
line=0
for name in FAN0 RST0 PLUG0 PWREN; do
    mkdir "$chip/bank/line$line"
    echo $name > "$chip/bank/line$line/name"
    line=$((line + 1))
done
echo 1 > "$chip/live"

"$BENCH_GUEST" serve &
server=$!
tries=0
until ls -l /proc/$server/fd | grep -q simi2c || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
"$BENCH_GUEST" check
kill $server
wait $server || true
"$BENCH_GUEST" check-orphaned

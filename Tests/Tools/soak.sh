#!/bin/bash
# soak.sh POOL BALLASTD MINUTES: lets BALLASTD mine against the loopback POOL for MINUTES, with a new job every 5 s and a new
# block every 30 s, and watches what it uses. Fails when, after a minute to warm up, its memory grows by more than 256 KiB or
# it holds more descriptors than before, when the pool refuses a share for anything but its job being over, or when either
# process ends early.
set -euo pipefail

usage="usage: soak.sh POOL BALLASTD MINUTES"
pool=${1:?$usage} ballastd=${2:?$usage} minutes=${3:?$usage}
growth_max=256 # KiB
warm_up=60     # seconds
interval=5     # seconds

work=$(mktemp -d)
pool_id='' agent_id=''
cleanup() {
    local child
    for child in $agent_id $pool_id; do
        kill -TERM "$child" 2> /dev/null || continue
        wait "$child" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
fail() {
    echo "soak: $*" >&2
    tail -n 20 "$work/agent.log" >&2 || true
    exit 1
}

"$pool" --quiet --port 0 --difficulty 0.01 --notify-interval 5 --clean-interval 30 \
    --endpoint-file "$work/endpoint" --stats-json "$work/pool.json" > "$work/pool.log" 2>&1 &
pool_id=$!
for ((tries = 0; tries < 100; tries++)); do [ -s "$work/endpoint" ] && break; sleep 0.1; done
[ -s "$work/endpoint" ] || fail "the loopback pool did not start: $(cat "$work/pool.log")"

"$ballastd" run --board Boards/cpu.json --state "$work/state" --user soak.cpu \
    --pool "stratum+tcp://$(cat "$work/endpoint")" > "$work/agent.log" 2>&1 &
agent_id=$!

# One line a sample: seconds, resident KiB, descriptors.
begin=$SECONDS
while [ $((SECONDS - begin)) -lt $((minutes * 60)) ]; do
    sleep "$interval"
    for child in "$pool_id" "$agent_id"; do
        kill -0 "$child" 2> /dev/null && continue
        status=0
        wait "$child" || status=$?
        fail "$([ "$child" = "$pool_id" ] && echo the pool || echo ballastd) ended early with status $status"
    done
    resident=$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$agent_id/status")
    descriptors=("/proc/$agent_id/fd"/*)
    echo "$((SECONDS - begin)) $resident ${#descriptors[@]}" >> "$work/samples"
done

kill -TERM "$agent_id"
status=0
wait "$agent_id" || status=$?
agent_id=
[ "$status" -eq 0 ] || fail "ballastd ended with status $status, expected 0"
kill -TERM "$pool_id"
wait "$pool_id" || fail "the pool ended with status $?"
pool_id=

tail -n 1 "$work/agent.log"
exec perl -e '
    use strict;
    use warnings;
    my ($samples_path, $pool_path, $warm_up, $growth_max) = @ARGV;
    open my $samples, "<", $samples_path or die "soak: $samples_path: $!\n";
    my @kept = grep { $_->[0] >= $warm_up } map { [split] } <$samples>;
    die "soak: fewer than two samples after the warm-up of $warm_up s\n" if @kept < 2;
    my ($first, $last) = @kept[0, -1];
    my ($max, $fd_max) = (0, 0);
    my ($n, $x, $y, $xx, $xy) = (0) x 5;
    for (@kept) {
        my ($time, $resident, $descriptors) = @$_;
        $max = $resident if $resident > $max;
        $fd_max = $descriptors if $descriptors > $fd_max;
        ($n, $x, $y, $xx, $xy) = ($n + 1, $x + $time, $y + $resident, $xx + $time**2, $xy + $time * $resident);
    }
    my $slope = 3600 * ($n * $xy - $x * $y) / ($n * $xx - $x**2);
    printf "memory after warm-up: first %d KiB, last %d KiB, most %d KiB, slope %.1f KiB an hour (%d samples)\n",
        $first->[1], $last->[1], $max, $slope, $n;
    printf "descriptors after warm-up: first %d, last %d, most %d\n", $first->[2], $last->[2], $fd_max;

    open my $pool, "<", $pool_path or die "soak: $pool_path: $!\n";
    my $text = join "", <$pool>;
    my ($total) = $text =~ /"total"\s*:\s*(\{(?:[^{}]|(?1))*\})/ or die "soak: no totals in $pool_path\n";
    my ($accepted) = $total =~ /"accepted"\s*:\s*(\d+)/ or die "soak: no accepted shares in $pool_path\n";
    my ($reasons) = $total =~ /"rejected"\s*:\s*\{([^{}]*)\}/ or die "soak: no rejected shares in $pool_path\n";
    my %rejected = $reasons =~ /"([^"]+)"\s*:\s*(\d+)/g;
    my $stale = delete $rejected{staleJob} // 0;
    my $refused = 0;
    $refused += $_ for values %rejected;
    printf "the pool: %d shares accepted, %d refused as stale (%.4f %%), %d duplicate, %d refused for other reasons\n",
        $accepted, $stale, 100 * $stale / ($accepted + $stale || 1), $rejected{duplicate} // 0,
        $refused - ($rejected{duplicate} // 0);

    my @faults;
    push @faults, "memory grew by " . ($last->[1] - $first->[1]) . " KiB" if $last->[1] - $first->[1] > $growth_max;
    push @faults, "descriptors grew from $first->[2] to $last->[2]" if $last->[2] > $first->[2];
    push @faults, "no share was accepted" unless $accepted;
    push @faults, "the pool refused $refused shares that were not late" if $refused;
    print STDERR "soak: $_\n" for @faults;
    exit(@faults ? 1 : 0);
' "$work/samples" "$work/pool.json" "$warm_up" "$growth_max"

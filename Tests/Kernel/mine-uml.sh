#!/bin/bash
# Inside the User-Mode Linux guest: mine.sh with a pool beside it. BENCH_POOL is the pool's program.
here=$(dirname "$0")
exec "$here/pool.sh" "$BENCH_POOL" sh "$here/mine.sh"

#!/bin/bash
# pool-statistics.sh FILE: prints "ACCEPTED REJECTED", the shares of all clients together, from what ballast-pool wrote with
# --stats-json. Prints nothing and fails when FILE holds no such statistics (yet).
set -euo pipefail

# perl, because every Debian has it, which is not so of any JSON tool.
perl -0777 -ne '
    my ($total) = /"total"\s*:\s*(\{(?:[^{}]|(?1))*\})/ or exit 1;
    my ($accepted) = $total =~ /"accepted"\s*:\s*(\d+)/ or exit 1;
    my ($reasons) = $total =~ /"rejected"\s*:\s*\{([^{}]*)\}/ or exit 1;
    my $rejected = 0;
    $rejected += $_ for $reasons =~ /:\s*(\d+)/g;
    print "$accepted $rejected\n";
' "${1:?usage: pool-statistics.sh FILE}"

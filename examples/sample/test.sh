#!/bin/sh
# Tests of duration.sh: one line a failure, a count at the end, exit status 1 when anything failed.
cd "$(dirname "$0")" || exit 2

passed=0
failed=0

check() {
    got=$(sh ./duration.sh "$1")
    if [ "$got" = "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: expected "%s", got "%s"\n' "$1" "$2" "$got"
    fi
}

check 0 "0s"
check 59 "59s"
check 60 "1m"
check 61 "1m 1s"
check 3599 "59m 59s"
check 3600 "1h"
check 3661 "1h 1m 1s"
check 7325 "2h 2m 5s"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]

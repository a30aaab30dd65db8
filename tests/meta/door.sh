#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The door, run_tests.sh: its options, its errors, and what it leaves. An emulator that fails at
# once stands in for the real one wherever no measurement is needed.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

door=$here/run_tests.sh
scenario=strict-bare-1flows
lines=

# listed NAME N: the last output has N lines, each "iommu-perf:SCENARIO".
listed() {
	lines=$(grep -cx 'iommu-perf:[a-z]*-[a-z]*-[0-9]*flows\(-tx\)\?' <<<"$output")
	is "$1: $lines entries" test "$lines" -eq "$2" -a "$lines" -eq "$(wc -l <<<"$output")"
}

# fails OPTION...: one run of the door whose measurement fails at once.
fails() {
	run env IOMMU_PERF_QEMU=/bin/false "$door" "$@"
}

echo "TAP version 13"
all=$(grep -vc '^#' "$here/tests/matrix")
quick=$(grep -c 'quick$' "$here/tests/matrix")

run "$door" -h
point "help" 0 "Usage:" "--summary" "--per-test-log" "--collection" "--list" "--dry-run"
run "$door" --list
point "list" 0 "iommu-perf:$scenario"
listed "list" "$all"
run "$door" --dry-run
point "dry run" 0 "iommu-perf:$scenario"
listed "dry run, the quick tier" "$quick"
run "$door" -d --tier full
listed "dry run, all" "$all"
run "$door" -d -c iommu-perf
listed "dry run, a collection" "$all"
run "$door" -d -t "iommu-perf:$scenario" -t lazy-bare-2flows -t "$scenario"
listed "dry run, two tests of which one is named twice" 2
run "$door" -d "$scenario" none-nested-20flows-tx
listed "dry run, without -t" 2

run "$door" frobnicate
one_line "an unknown scenario" 2 'no such test "frobnicate"' "./run_tests.sh -l"
run "$door" -t other:"$scenario"
one_line "a test of another collection" 2 "no such test \"other:$scenario\""
run "$door" -c net
one_line "another collection" 2 'no such collection "net"'
run "$door" --frobnicate
one_line "an unknown option" 2 "unknown option --frobnicate"
run "$door" --tier
one_line "an option without its value" 2 "--tier needs a value"
run "$door" --tier slow
one_line "an unknown tier" 2 'tier "slow"' "quick or full"
run "$door" --clock sun
one_line "an unknown clock" 2 'clock "sun"'
run "$door" -s -p
one_line "options that conflict" 2 "-s and -p conflict"
echo data >"$work/file"
fails --out "$work/file/out" "$scenario"
point "a folder that cannot be written" 2 "cannot write to the folder $work/file/out" "--out"
run env IOMMU_PERF_KERNEL="$work/none" "$door" "$scenario"
one_line "a kernel that is not there" 2 "no kernel in $work/none"

fails --out "$work/out" "$scenario"
point "a measurement that fails" 1 "$scenario: not ok 1 measured: " "QEMU ended" "Result: FAIL"
is "it leaves no file" test ! -e "$work/out"
fails --out "$work/out" -s "$scenario"
point "-s" 1 "Result: FAIL"
is "it is in the log alone" test "${output/QEMU ended/}" = "$output"
is "the log" grep -q "^not ok 1 measured: .*QEMU ended" "$work/out/output.log"
fails --out "$work/out" -p "$scenario"
point "-p" 1 "Result: FAIL"
is "the test's log" grep -q "^not ok 1 measured: .*QEMU ended" "$work/out/$scenario.tap"
rm -r "$work/out"
run "$door" --out "$work/out" -p "$scenario"
point "a real measurement" 0 "$scenario .. ok" "Result: PASS" "1 scenario: 1 no baseline" \
	"records: $work/out"
is "its files" same "$scenario.json"$'\n'"$scenario.tap" "$(ls -A "$work/out")"
plan

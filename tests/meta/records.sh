#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verbs that work on files, as a user meets them: exit codes, messages, and files left as they
# were. Records come from tests/data; no machine is started.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

record=$data/strict-bare-4flows.json
real=$data/strict-bare-4flows-real.json
slower=$data/strict-bare-4flows-slower.json	# $record, with iommu_map 2 % longer
stored=$IOMMU_PERF_BASELINES/emulated/strict-bare-4flows.json

echo "TAP version 13"

run "$program"
point "without a verb" 2 "Usage:"
run "$program" --help
point "help" 0 "Usage:" "Exit:"
run "$program" --version
point "version" 0 "iommu-perf "
run "$program" frobnicate
one_line "an unknown verb" 2 "'frobnicate' is no verb"
for verb in baseline check doctor judge list run selfcheck; do
	run "$program" "$verb" --help
	point "help of $verb" 0 "Usage: iommu-perf $verb"
done
run "$program" check
one_line "check without a record" 2 "which records"

run "$program" check "$record" "$real"
point "check of good records" 0 "strict-bare-4flows: valid"
change "$record" '"missed": 0' '"missed": 7' "$work/lost.json"
run "$program" check "$record" "$work/lost.json"
point "check of a record with lost samples" 3 "strict-bare-4flows: invalid" "7 of 12288"
run "$program" check --json "$work/lost.json"
point "the same as JSON" 3 '"valid": false' '"outcome": "fail"'
head -c 3000 "$record" >"$work/cut.json"
run "$program" check "$work/cut.json"
one_line "a truncated record" 2 "$work/cut.json: line" "cut short"
change "$record" '"schema": 2' '"schema": 99' "$work/schema.json"
run "$program" judge "$record" "$work/schema.json"
one_line "a record of another version" 2 "schema 99"
run "$program" judge "$work/nothing.json"
one_line "a record that is not there" 2 "cannot open $work/nothing.json"

run "$program" judge "$record"
point "judge without a baseline" 4 "strict-bare-4flows: no baseline" "$stored does not exist"
run "$program" baseline accept "$work/lost.json"
one_line "accept of an invalid record" 2 "is invalid (lost: iommu_dma_map_page" "measure it again"
is "it left nothing" test ! -e "$IOMMU_PERF_BASELINES"
run "$program" baseline accept "$record" "$record" "$record" "$real"
point "accept" 0 "$stored: 3 runs, 21 of 96 metrics gate" "/emulated-real/"
run "$program" judge "$record"
point "judge against it" 0 "strict-bare-4flows: ok"
run "$program" judge --summary "$record"
point "the summary" 0 "1 scenario: 1 ok"
run "$program" judge --json "$record"
point "the same as JSON" 0 '"verdict": "ok"'
run "$program" baseline show strict-bare-4flows
point "show" 0 "first baseline" "iommu_map.mean_ns"
run "$program" baseline show lazy-bare-4flows
one_line "show of what there is not" 2 "has no baseline"
run "$program" baseline show lazy-bare-5flows
one_line "show of what is no scenario" 2 "'5flows' must be"

cp "$stored" "$work/before.json"
run "$program" baseline accept "$record"
one_line "accept over a baseline without a reason" 2 "say with --reason"
run "$program" judge "$slower"
point "a path that became 2 % longer" 1 "strict-bare-4flows: regressed" "+2.00 %"
run "$program" judge "$record" "$slower"
point "two runs that disagree" 0 "inconclusive" "in some of 2 runs only" "runs     2"
run "$program" judge "$slower" "$slower"
point "two runs that agree" 1 "strict-bare-4flows: regressed"
run "$program" judge "$record" "$work/lost.json"
point "an invalid run among good ones" 3 "strict-bare-4flows: invalid"
change "$work/lost.json" '"scenario": "strict-bare-4' '"scenario": "strict-bare-2' "$work/other.json"
run "$program" judge "$work/other.json" "$slower"
point "a regression outweighs an invalid record" 1
run "$program" judge "$work/other.json" "$record"
point "an invalid record outweighs a good one" 3
run "$program" baseline diff strict-bare-4flows "$slower"
point "diff" 0 "iommu_map.mean_ns" "+2.00 %"
run "$program" baseline diff lazy-bare-4flows "$slower"
one_line "diff of another scenario's record" 2 "record 1 is of strict-bare-4flows"
is "the baseline is as it was" cmp "$work/before.json" "$stored"
run "$program" baseline accept --reason "slower, but right" "$slower" "$slower" "$slower"
point "accept with a reason" 0
run "$program" judge "$slower"
point "the new baseline holds" 0 "slower, but right"
run "$program" judge "$record"
point "against it the old record is better" 0 "strict-bare-4flows: improved"

head -c 900 "$work/before.json" >"$stored"
run "$program" judge "$record"
one_line "a truncated baseline" 2 "$stored: line" "cut short"
change "$work/before.json" '"tolerance": 0.01' '"tolerance": "1 %"' "$stored"
cp "$stored" "$work/edited.json"
run "$program" judge "$record"
one_line "a baseline edited by hand" 2 "$stored: metrics." "tolerance: is a string"
is "it is as it was" cmp "$work/edited.json" "$stored"
run "$program" judge --baseline "$work/before.json" "$record"
point "another baseline by name" 0 "strict-bare-4flows: ok"
change "$work/before.json" '"qemu": "' '"qemu": "0' "$stored"
run "$program" judge "$record"
point "another QEMU" 4 "no baseline: QEMU differs"

run "$program" list
point "list" 0 "strict-bare-1flows"
run "$program" list --tier quick
point "list of a tier" 0 "quick"
is "it has no other tier" test "${output/full/}" = "$output"
run "$program" list --tier slow
one_line "list of an unknown tier" 2 "'slow' must be quick or full"
echo "strict-bare-5flows quick" >"$work/matrix"
run env IOMMU_PERF_MATRIX="$work/matrix" "$program" list
one_line "a wrong matrix" 2 "$work/matrix:1: scenario strict-bare-5flows"
run sh -c '"$0" judge "$1" >/dev/full' "$program" "$record"
one_line "a full disk under the output" 2 "cannot write the output"

plan

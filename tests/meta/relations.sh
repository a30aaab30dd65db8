#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What must hold between the modes of protection, whatever kernel is measured.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

strict=strict-bare-4flows lazy=lazy-bare-4flows one=strict-bare-1flows
passthrough=passthrough-bare-1flows off=off-bare-1flows
shadow=none-shadow-4flows nested=none-nested-4flows nestedlazy=none-nestedlazy-4flows

# Two at a time; without a baseline the exit code is 4.
measure() {
	local first code

	"$program" run "$strict" "$lazy" "$passthrough" "$shadow" --out "$work" >"$work/first" 2>&1 &
	first=$!
	"$program" run "$one" "$off" "$nested" "$nestedlazy" --out "$work" >"$work/second" 2>&1
	code=$?
	wait "$first"
	[ "$code $?" = "4 4" ] || { cat "$work/first" "$work/second"; return 1; }
}

# count SCENARIO FUNCTION: its calls in the window; empty where the record has no such function.
count() {
	awk -v name="\"$2\": {" 'index($0, name) { getline; sub(/.*"count": /, ""); print $0 + 0; exit }' \
		"$work/$1.json"
}

# calls NAME SCENARIO FORMULA: it is awk's, of the counts maps, unmaps, syncs and flushes.
calls() {
	local maps unmaps syncs flushes said fault=

	maps=$(count "$2" iommu_map)
	unmaps=$(count "$2" __iommu_unmap)
	syncs=$(count "$2" intel_iommu_tlb_sync)
	flushes=$(count "$2" qi_submit_sync)
	said="$2: maps=$maps unmaps=$unmaps syncs=$syncs flushes=$flushes"
	if [ -z "$maps" ] || [ -z "$unmaps" ] || [ -z "$syncs" ] || [ -z "$flushes" ]; then
		fault="a count is missing"
	else
		awk -v maps="$maps" -v unmaps="$unmaps" -v syncs="$syncs" -v flushes="$flushes" '
			function near(a, b) { return a > b * 0.99 && a < b * 1.01 }
			BEGIN { exit !('"$3"') }' || fault="not so: $3"
	fi
	output=$said
	verdict "$1" "$fault"
}

# maps_per_page SCENARIO
maps_per_page() {
	"$program" judge --json "$work/$1.json" |
		sed -n 's/.*"iommu_map.count_per_page".*"value": \([0-9.e+-]*\).*/\1/p'
}

echo "TAP version 13"
is "the scenarios can be measured" measure
calls "strict maps" "$strict" 'maps > 1000 && near(unmaps, maps)'
calls "strict flushes at each unmap" "$strict" 'near(syncs, unmaps) && near(flushes, unmaps)'
calls "lazy maps" "$lazy" 'maps > 1000 && near(unmaps, maps)'
calls "lazy flushes once for many unmaps" "$lazy" 'syncs == 0 && flushes * 50 < unmaps'
for scenario in "$passthrough" "$off"; do
	calls "$scenario maps nothing" "$scenario" 'maps + unmaps + syncs + flushes == 0'
done
calls "shadow flushes at each map and unmap" "$shadow" \
	'maps > 1000 && near(flushes, 2 * maps) && near(syncs, unmaps)'
calls "nested flushes at unmaps alone" "$nested" \
	'maps > 1000 && near(flushes, unmaps) && near(syncs, unmaps)'
calls "lazy nested flushes once for many unmaps" "$nestedlazy" \
	'maps > 1000 && syncs == 0 && flushes * 50 < unmaps'
few=$(maps_per_page "$one") many=$(maps_per_page "$strict")
is "a page takes some maps: $few" awk -v m="$few" 'BEGIN { exit !(m > 2 && m < 4) }'
is "so it does with four flows: $many" \
	awk -v a="$few" -v b="$many" 'BEGIN { exit !(b > a * 0.9 && b < a * 1.1) }'
plan

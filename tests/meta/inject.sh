#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What --inject does to the subject: what it says, where it says, and nothing elsewhere.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
out=$work/out
record=$out/$scenario.json
first=$work/first.json

# counter SOURCE EVENT: its value in $record.
counter() {
	sed -nE "s/.*\"$1\", \"event\": \"$2\", \"value\": ([0-9]+),.*/\1/p" "$record"
}

# longer FUNCTION: by how many instructions its shortest call is than in the first record.
longer() {
	echo $((($(of "$record" "$1" min_ns) - $(of "$first" "$1" min_ns)) / 2))
}

inject() {
	run "$program" run "$scenario" --out "$out" --inject "$@"
}

# about WANTED GOT: what slows each call by much moves the packets, and the shortest call may be
# another one, on a path some instructions away.
about() {
	local off=$(($2 - $1)) most=0

	[ "$slowed_by" -lt 100 ] || most=20
	[ ${off#-} -le $most ] || { echo "$2 instead of $1"; return 1; }
}

# grew NAME FUNCTION N: of the functions that call nothing that is slowed, it alone is slower, by N.
grew() {
	local f slowed_by=$3

	[ "$1" != flush:100 ] || slowed_by=100	# added invalidations move the packets, too
	is "$1: $2 takes $3 instructions more" about "$3" "$(longer "$2")"
	for f in __iommu_map __iommu_unmap qi_submit_sync; do
		[ "$f" = "$2" ] || is "$1: $f takes none" about 0 "$(longer "$f")"
	done
}

echo "TAP version 13"
private_cache
run "$program" run "$scenario" --out "$out"
run "$program" baseline accept "$record"
point "a baseline" 0 "1 run"
cp "$record" "$first"

for nothing in __iommu_map:0 doorbell:0 lock:0 lock:0:3 flush:0; do
	inject "$nothing"
	point "$nothing" 0 "$scenario: ok"
	grew "$nothing" __iommu_map 0
done
for n in 8 9 10 300; do
	inject "__iommu_map:$n"
	grew "__iommu_map:$n" __iommu_map "$n"
done
point "it is a regression" 1 "$scenario: regressed" "iommu_map.mean_ns"
inject __iommu_unmap:1
grew "few" __iommu_unmap 4

inject doorbell:1000
point "a slower doorbell" 1 "$scenario: regressed" "qi_submit_sync.mean_ns"
grew "doorbell:1000" qi_submit_sync 1000
is "each submission was slowed" same "$(of "$record" qi_submit_sync count)" \
	"$(counter injected submissions)"
run "$program" baseline accept --reason "a proof" "$record"
one_line "it is no baseline" 2 "made with --inject"
run grep -F '"reproduce": "iommu-perf run strict-bare-1flows --inject doorbell:1000"' "$record"
point "it can be repeated" 0

inject lock:100000
is "one CPU shares the lock with nobody" same 0 "$(counter injected sharers)"
is "and nobody's time to spend" test "$(longer qi_submit_sync)" -lt 300

inject flush:100
point "more invalidations" 0 "$scenario: ok"
unmaps=$(of "$record" __iommu_unmap count)
is "one for each 100 unmaps" same "$((unmaps / 100))" "$(counter injected flushes)"
is "each is of an interrupt's entry" same "$((unmaps / 100))" "$(counter qemu-vtd inv_iec)"
is "each is one submission" same "$((unmaps + unmaps / 100))" "$(of "$record" qi_submit_sync count)"
grew "flush:100" qi_submit_sync 0
cp "$record" "$work/flushed.json"
inject flush:100
is "once more, to the last digit" cmp "$work/flushed.json" "$record"
change "$record" '"flushes", "value": ' '"flushes", "value": 1' "$work/more.json"
run "$program" check "$work/more.json"
point "added, and not seen" 3 "sources" "invalidations were added"

run "$program" run "$scenario" --out "$out" --inject flush:100 --probes none
one_line "no probes, no count of unmaps" 3 "it needs probes"
inject frobnicate
one_line "no number" 2 "--inject frobnicate: it is FUNCTION:N"
inject lock:1:64
one_line "too many CPUs" 2 "ABOVE is a number from 0 to 63"
plan

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What must hold between a host and its guest, and between the modes of both, whatever kernel is
# measured. Nested guests take the arm64 machine of ./run_tests.sh --build-host-kernel.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

# measure SCENARIO...: a record of each in $work; without a baseline the exit code is 4.
measure() {
	"$program" run "$@" --no-plain --out "$work" >"$work/said" 2>&1
	[ $? -eq 4 ] || { cat "$work/said"; return 1; }
}

# count SCENARIO FUNCTION: its calls in the window; empty where the record has no such function.
count() {
	awk -v name="\"$2\": {" 'index($0, name) { getline; sub(/.*"count": /, ""); print $0 + 0; exit }' \
		"$work/$1.json"
}

# per_page SCENARIO FUNCTION
per_page() {
	"$program" judge --json "$work/$1.json" |
		sed -n "s/.*\"$2.count_per_page\".*\"value\": \([0-9.e+-]*\).*/\1/p"
}

# relation NAME SCENARIO FORMULA FUNCTION...: the formula is awk's, of the functions' calls a, b, ...
relation() {
	local name=$1 scenario=$2 formula=$3 letter calls fault='' said="$2:" values=()

	shift 3
	for letter in a b c d e f; do
		[ $# -gt 0 ] || break
		calls=$(count "$scenario" "$1")
		[ -n "$calls" ] || fault="no count of $1"
		values+=(-v "$letter=$calls")
		said+=" $letter=$1=$calls"
		shift
	done
	[ -n "$fault" ] || awk "${values[@]}" '
		function near(a, b) { return a > b * 0.98 && a < b * 1.02 }
		BEGIN { exit !('"$formula"') }' || fault="not so: $formula"
	output=$said
	verdict "$name" "$fault"
}

# alike NAME SCENARIO OTHER FUNCTION PERCENT: its calls per page differ by no more.
alike() {
	local a b

	a=$(per_page "$2" "$4") b=$(per_page "$3" "$4")
	is "$1: $4, $a and $b per page" awk -v a="$a" -v b="$b" -v most="$5" '
		BEGIN { d = a - b; exit !(a != "" && b != "" && d * d <= (a + b) ^ 2 / 4 * (most / 100) ^ 2) }'
}

shadows() {
	local host scenario

	for host in strict lazy; do
		scenario=$host-shadow-1flows
		relation "a guest's map and unmap flush" "$scenario" 'a > 1000 && near(b, 2 * a)' \
			iommu_map qi_submit_sync
		relation "the host maps what its guest maps" "$scenario" 'b >= a && b < 2 * a' \
			iommu_map host:iommu_map
		relation "by an ioctl each" "$scenario" 'near(a, b + c)' host:vfio_iommu_type1_ioctl \
			host:iommu_map host:__iommu_unmap
		relation "the host flushes each unmap, strict or lazy" "$scenario" 'near(a, b)' \
			host:qi_submit_sync host:__iommu_unmap
	done
	for function in iommu_map host:iommu_map host:vfio_iommu_type1_ioctl; do
		alike "a shadow guest of a strict and of a lazy host" strict-shadow-1flows \
			lazy-shadow-1flows "$function" 10
	done
}

passthroughs() {
	local host

	for host in strict lazy; do
		relation "nothing is mapped in either" "$host-passthrough-1flows" 'a + b + c + d + e == 0' \
			iommu_map qi_submit_sync host:iommu_map host:vfio_iommu_type1_ioctl host:qi_submit_sync
	done
	alike "a passthrough guest of both" strict-passthrough-1flows lazy-passthrough-1flows \
		host:iommu_map 0
}

nested() {
	relation "a strict guest invalidates at each unmap" "$1" 'a > 1000 && near(a, b)' \
		__iommu_unmap arm_smmu_cmdq_issue_cmdlist
	relation "the host passes each on" "$1" 'near(a, b) && near(b, c) && near(c, d)' \
		arm_smmu_cmdq_issue_cmdlist host:iommufd_hwpt_invalidate \
		host:arm_vsmmu_cache_invalidate host:__arm_smmu_cmdq_issue_cmdlist
	relation "and maps nothing" "$1" 'a + b == 0' host:iommu_map host:__iommu_unmap
}

nestedlazy() {
	relation "a lazy guest invalidates once for many unmaps" "$1" 'a > 1000 && b > 0 && b * 50 < a' \
		__iommu_unmap arm_smmu_cmdq_issue_cmdlist
	relation "the host passes each on" "$1" 'a == b' arm_smmu_cmdq_issue_cmdlist \
		host:iommufd_hwpt_invalidate
	relation "and maps nothing" "$1" 'a + b == 0' host:iommu_map host:__iommu_unmap
}

echo "TAP version 13"
is "shadow and passthrough guests can be measured" \
	measure {strict,lazy}-{shadow,passthrough}-1flows
shadows
passthroughs
if [ -e "$cache/kernels/arm64-host/vmlinuz" ] && [ -e "$build/arm64/host-initramfs.cpio" ]; then
	is "nested guests can be measured" measure {strict,lazy}-nested-1flows strict-nestedlazy-1flows
	nested strict-nested-1flows
	nested lazy-nested-1flows
	nestedlazy strict-nestedlazy-1flows
	alike "a nested guest of a strict and of a lazy host" strict-nested-1flows lazy-nested-1flows \
		host:iommufd_hwpt_invalidate 5
else
	points=$((points + 1))
	echo "ok $points # SKIP nested guests: ./run_tests.sh --build-host-kernel was not run"
fi
plan

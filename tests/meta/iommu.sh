#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The other IOMMUs than VT-d's: each is measured by its own driver's functions, repeats to the last
# digit, and is judged; what it cannot be is skipped with the reason. SMMUv3 is tried where the
# machine of arm64 was built.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

strict=strict-bare-4flows lazy=lazy-bare-4flows passthrough=passthrough-bare-1flows

# measure IOMMU FOLDER SCENARIO...: one pass each, with probes.
measure() {
	run "$program" run "${@:3}" --iommu "$1" --no-plain --out "$work/$2"
}

# count RECORD FUNCTION: its calls in the window; empty where it was not traced.
count() {
	awk -v name="\"$2\": {" 'index($0, name) { getline; if (sub(/.*"count": /, "")) print $0 + 0; exit }' \
		"$work/$1.json"
}

# calls NAME RECORD FLUSH FORMULA: it is awk's, of the counts maps, unmaps and flushes.
calls() {
	local maps unmaps flushes fault=

	maps=$(count "$2" iommu_map)
	unmaps=$(count "$2" __iommu_unmap)
	flushes=$(count "$2" "$3")
	output="$2: maps=$maps unmaps=$unmaps flushes=$flushes"
	if [ -z "$maps" ] || [ -z "$unmaps" ] || [ -z "$flushes" ]; then
		fault="a count is missing"
	else
		awk -v maps="$maps" -v unmaps="$unmaps" -v flushes="$flushes" '
			function near(a, b) { return a > b * 0.99 && a < b * 1.01 }
			BEGIN { exit !('"$4"') }' || fault="not so: $4"
	fi
	verdict "$1" "$fault"
}

# valid NAME RECORD...
valid() {
	run "$program" check "${@:2}"
	point "$1" 0 "valid"
}

# repeats IOMMU: the same once more is the same to the last digit.
repeats() {
	measure "$1" "$1" "$strict"
	point "$1: without a baseline" 4 "no baseline" "/emulated-$1/$strict.json"
	measure "$1" "$1-again" "$strict"
	is "$1: the second record is the first, to the last digit" \
		cmp "$work/$1/$strict.json" "$work/$1-again/$strict.json"
	valid "$1: its record is valid" "$work/$1/$strict.json"
	run cat "$work/$1/$strict.json"
	point "$1: the record names it" 0 "\"iommu\": \"$1\"" "--iommu $1"
}

# regresses IOMMU FUNCTION: its record becomes the baseline, which a longer path exceeds.
regresses() {
	run "$program" baseline accept "$work/$1/$strict.json"
	point "$1: it becomes the baseline" 0 "/emulated-$1/$strict.json"
	measure "$1" "$1-again" "$strict"
	point "$1: pass" 0 "$strict: ok"
	run "$program" run "$strict" --iommu "$1" --no-plain --out "$work/$1-slower" --inject "$2:200"
	point "$1: regression" 1 "$strict: regressed" "$2.mean_ns"
}

echo "TAP version 13"
run "$program" run "$strict" --iommu intel
one_line "an IOMMU that there is not" 2 "it is vtd, amd, virtio or smmuv3"
run "$here/run_tests.sh" --iommu intel
one_line "the same of run_tests.sh" 2 "it is vtd, amd, virtio or smmuv3"
run "$program" run none-shadow-1flows --iommu amd
one_line "a guest of AMD's" 4 "skipped" "with --iommu amd there are the scenarios *-bare-*"
run "$program" run "$strict" --iommu virtio --clock real
one_line "the real clock" 4 "skipped" "counted clock alone"
run "$program" run "$strict" --iommu amd --inject doorbell:200
one_line "what is done to VT-d's queue" 3 "injected into VT-d's queue" "with --iommu amd"

repeats amd
regresses amd amd_iommu_domain_flush_pages
calls "amd: each map and each unmap flushes" "amd/$strict" amd_iommu_domain_flush_pages \
	'maps > 1000 && near(unmaps, maps) && near(flushes, 2 * maps)'
measure amd amd "$lazy"
one_line "amd: lazy is skipped" 4 "the kernel made the domain strict" "NpCache"

if [ -e "$cache/kernels/default/virtio_iommu.ko" ]; then
	measure virtio virtio "$strict" "$lazy"
	calls "virtio: each unmap asks" "virtio/$strict" viommu_iotlb_sync \
		'maps > 1000 && near(unmaps, maps) && near(flushes, unmaps)'
	calls "virtio: lazily, one asks for many unmaps" "virtio/$lazy" viommu_flush_iotlb_all \
		'maps > 1000 && near(unmaps, maps) && flushes > 0 && flushes * 50 < unmaps'
	valid "virtio: the records are valid" "$work/virtio/$strict.json" "$work/virtio/$lazy.json"
else
	skip "virtio" "the kernel has no module virtio_iommu"
fi

if [ -e "$cache/kernels/arm64-host/vmlinuz" ] && [ -e "$build/arm64/host-initramfs.cpio" ]; then
	repeats smmuv3
	regresses smmuv3 arm_smmu_cmdq_issue_cmdlist
	run env IOMMU_PERF_IOMMU=smmuv3 IOMMU_PERF_OUT="$work/tests" "$build/tests/$strict"
	point "smmuv3: as a test" 0 "valid: siblings" "arm_smmu_cmdq_issue_cmdlist.mean_ns"
	measure smmuv3 smmuv3 "$lazy" "$passthrough"
	calls "smmuv3: each unmap flushes" "smmuv3/$strict" arm_smmu_cmdq_issue_cmdlist \
		'maps > 1000 && near(unmaps, maps) && near(flushes, unmaps)'
	calls "smmuv3: lazily, one flushes for many unmaps" "smmuv3/$lazy" \
		arm_smmu_cmdq_issue_cmdlist 'maps > 1000 && flushes > 0 && flushes * 50 < unmaps'
	calls "smmuv3: passthrough maps nothing" "smmuv3/$passthrough" \
		arm_smmu_cmdq_issue_cmdlist 'maps + unmaps + flushes == 0'
else
	run "$program" run "$strict" --iommu smmuv3
	one_line "smmuv3: it is said what it takes" 4 "needs the machine of arm64"
	skip "smmuv3" "not built: ./run_tests.sh --build-host-kernel, make arm64"
fi
plan

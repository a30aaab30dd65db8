#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is missing, broken or full: one clear line, the right exit code, and every file as it was.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
out=$work/out
mkdir "$out"

# unchanged NAME: what lies below $work is what lay there when before() was called.
before() {
	files=$(contents)
}

contents() {
	find "$work" -type f -exec cksum {} + | sort -k 3
}

unchanged() {
	is "$1: no file changed" same "$files" "$(contents)"
}

# try NAME CODE WANTED... -- COMMAND...
try() {
	local wanted=("$1" "$2")

	shift 2
	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	before
	run "${@:2}"
	one_line "${wanted[@]}"
	unchanged "${wanted[0]}"
}

# A disk too small for a record.
full_disk() {
	local disk=$work/disk

	if ! mkdir "$disk" || ! mount -t tmpfs -o size=4k none "$disk" 2>/dev/null; then
		skip "a full disk" "mounting a small one takes root"
		return
	fi
	trap 'umount "$work/disk"; rm -rf "$work"' EXIT
	try "a full disk" 2 "cannot write $disk/$scenario.json" "No space left on device" \
		"make room" -- "$program" run "$scenario" --out "$disk"
	is "a full disk: the folder is empty" same "" "$(ls -A "$disk")"
}

echo "TAP version 13"
try "an unknown scenario" 2 "'frobnicate' is no scenario" "such as strict-bare-4flows" -- \
	"$program" run frobnicate --out "$out"
try "a root that is none" 2 "--root: there is no folder '$work/none'" -- \
	"$program" doctor --root "$work/none"
try "a number of flows that is not in the matrix" 2 "'3flows' must be" -- \
	"$program" run "$scenario" strict-bare-3flows --out "$out"
try "no scenario" 2 "which scenarios?" -- "$program" run --out "$out"
try "a number of runs that is none" 2 "--runs 0: a whole number from 1" -- \
	"$program" run "$scenario" --runs 0 --out "$out"
try "an unknown clock" 2 'clock "sun"' -- "$program" run "$scenario" --clock sun --out "$out"
try "an MTU that is none" 2 "--mtu 20: it is 576 to" -- \
	"$program" run "$scenario" --mtu 20 --out "$out"
try "an unknown offload" 2 "--offloads gro,x: it is none, or names" -- \
	"$program" run "$scenario" --offloads gro,x --out "$out"
try "a ring that the NIC does not take" 3 "--ring 100 was asked for, and it is 104" -- \
	"$program" run "$scenario" --ring 100 --out "$out"
try "a congestion control that the kernel lacks" 3 "--congestion westwood: the subject has" -- \
	"$program" run "$scenario" --congestion westwood --out "$out"
try "an unknown function" 3 "the kernel has none of the functions to trace" -- \
	"$program" run "$scenario" --probes frobnicate --fresh --out "$out"
mkdir "$work/empty"
try "a missing kernel" 2 "no kernel at $work/none" -- \
	"$program" run "$scenario" --kernel "$work/none" --out "$out"
try "a folder without a kernel" 2 "$work/empty holds no kernel" -- \
	"$program" run "$scenario" --kernel "$work/empty" --out "$out"
try "a missing kernel, by environment" 2 "no kernel at $work/empty/vmlinuz" -- \
	env IOMMU_PERF_KERNEL="$work/empty" "$program" run "$scenario" --out "$out"
try "a missing emulator" 3 "$work/empty/qemu: No such file" "./run_tests.sh" -- \
	env IOMMU_PERF_QEMU="$work/empty/qemu" "$program" run "$scenario" --out "$out"
try "an emulator that fails" 3 "$scenario: QEMU ended" -- \
	env IOMMU_PERF_QEMU=/bin/false "$program" run "$scenario" --fresh --out "$out"
try "a missing initramfs" 3 "$work/empty/initramfs: No such file" -- \
	env IOMMU_PERF_INITRAMFS="$work/empty/initramfs" "$program" run "$scenario" --out "$out"
echo data >"$work/file"
try "records under what is a file" 2 "$work/file" -- \
	"$program" run "$scenario" --out "$work/file/out"

run "$program" baseline accept "$data/strict-bare-4flows.json"
stored=$work/baselines/emulated/strict-bare-4flows.json
change "$stored" '"value": ' '"value": "high" ' "$work/broken.json"
cp "$work/broken.json" "$stored"
try "a corrupted baseline" 2 "$stored: line" -- \
	"$program" judge "$data/strict-bare-4flows.json"
try "no record of it is accepted either" 2 "$stored exists: say with --reason" -- \
	"$program" baseline accept "$data/strict-bare-4flows.json"
full_disk
plan

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host and its guest: both are measured, and nothing is left when they are ended; what a guest that
# hangs comes to, what is said where no guest can nest, and whose a slow-down is.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

shadow=strict-shadow-1flows nested=strict-nested-1flows
SETTLE=3	# seconds after the restored host is started: its guest runs
HUNG=60		# seconds after which a guest that hangs is given up

# has RECORD FUNCTION...: that these were called in the window.
has() {
	local f count

	for f in "${@:2}"; do
		count=$(of "$1" "$f" count)
		[ "${count:-0}" -gt 0 ] || { echo "$f: ${count:-no} calls"; return 1; }
	done
}

both_sides() {
	run "$program" run "$shadow" --no-plain --out "$work/out"
	point "$shadow runs" 4 "$shadow: no baseline"
	is "the guest's functions are in its record" has "$work/out/$shadow.json" \
		iommu_map __iommu_unmap qi_submit_sync
	is "and its host's" has "$work/out/$shadow.json" host:iommu_map host:__iommu_unmap \
		host:vfio_iommu_type1_ioctl host:svm_handle_exit
	run "$program" check "$work/out/$shadow.json"
	point "the record is valid" 0 "$shadow: valid"
}

nothing_is_left() {
	private_snapshot "$shadow" real
	start "$program" run "$shadow" --no-plain --out "$work/out"
	end_with KILL "$pid"
	nothing_left "SIGKILL while the guest runs" 137
	start "$program" run "$shadow" --no-plain --out "$work/out"
	end_with INT "-$pid"
	nothing_left "Ctrl-C while the guest runs" 130
}

# What a guest is booted with whose init says a line, and no more: as hung.cpio, beside the host's
# that holds it. Behind that the host's own init is the one that counts.
make_hanging_guest() {
	local kernel own

	kernel=$(realpath "$cache/kernels/default")
	own=$build/initramfs-${kernel##*/}.cpio
	mkdir -p "$work/hung"
	"${CC:-gcc}" -static -O2 -x c -o "$work/hung/init" - <<-END &&
		#include <stdio.h>
		int main(void) { puts("this guest hangs"); fflush(stdout); for (;;); }
	END
	(cd "$work/hung" && echo init | cpio --quiet -o -H newc) >"$work/hung.cpio" &&
	"$here/lib/testbed/host_initramfs.sh" "$cache/testbed/sysroot" "$cache/testbed/version" \
		"$kernel" "$work/hung.cpio" "$work/host-hung.cpio" &&
	cat "$own" >>"$work/host-hung.cpio"
}

hung_guest() {
	local before

	is "a guest that hangs can be made" make_hanging_guest
	before=$(files)
	IOMMU_PERF_CACHE=$private IOMMU_PERF_INITRAMFS=$work/hung.cpio run \
		"$program" run "$shadow" --timeout "$HUNG" --no-plain --out "$work/out"
	one_line "a guest that hangs is ended" 3 "$shadow: watchdog" "the guest's console ends: " \
		"this guest hangs" "; the console ends: "
	is "then no machine is left" none_left machines
	is "nor a file" same "$before" "$(files)"
}

# A cache as it is before the arm64 host is built.
no_kit() {
	local part

	rm "$private/kernels"
	mkdir "$private/kernels"
	for part in "$cache"/kernels/*; do
		[ "${part##*/}" = arm64-host ] || ln -s "$part" "$private/kernels/"
	done
	IOMMU_PERF_CACHE=$private run "$program" run "$nested" --no-plain --out "$work/out"
	one_line "nobody nests without the arm64 host" 4 "$nested: skipped: " "CONFIG_IOMMUFD" \
		"NEST is 0" "./run_tests.sh --build-host-kernel"
	IOMMU_PERF_CACHE=$private run "$program" run "$nested" --no-plain --fresh --out "$work/out"
	one_line "nor where it is booted anew" 4 "CONFIG_IOMMUFD" "--build-host-kernel"
}

# longer FUNCTION: by how many instructions its shortest call is than in the first record.
longer() {
	echo $((($(of "$work/out/$nested.json" "$1" min_ns) - $(of "$first" "$1" min_ns)) / 2))
}

# about N GOT: what runs beside it comes at other moments, and the shortest way may be another.
about() {
	[ $(($2 >= $1 && $2 <= $1 + 20)) -eq 1 ] || { echo "$2 instructions"; return 1; }
}

# inject WHAT NAME SIDE FUNCTION N: it is slower by N, the functions of the other side are not, and
# the comparison says whose it is.
inject() {
	local f

	run "$program" run "$nested" --no-plain --out "$work/out" --inject "$1"
	point "$2: it runs" 4 "$nested: no baseline"
	is "$2: $4 takes $5 instructions more" about "$5" "$(longer "$4")"
	for f in arm_smmu_map_pages __iommu_unmap host:__arm_smmu_cmdq_issue_cmdlist; do
		[ "$f" = "$4" ] || is "$2: $f takes none" test "$(longer "$f")" -lt 20
	done
	run "$program" compare "$first" --with "$work/out/$nested.json"
	point "$2: it is a regression, and attributed" 1 "$nested: regressed" "attributed to the $3, as $6 takes "
	is "$2: and to nobody else" same 1 "$(grep -o 'attributed to' <<<"$output" | wc -l)"
}

nesting() {
	local command=host:__arm_smmu_cmdq_issue_cmdlist

	first=$work/first.json
	run "$program" run "$nested" --no-plain --out "$work/out"
	point "$nested runs" 4 "$nested: no baseline"
	mv "$work/out/$nested.json" "$first"
	is "each unmap of the guest is a command of the host's" same \
		"$(of "$first" __iommu_unmap count)" "$(of "$first" "$command" count)"
	run "$program" run "$nested" --no-plain --out "$work/out"
	is "once more, to the last digit" cmp "$first" "$work/out/$nested.json"
	run "$program" compare "$first" --with "$work/out/$nested.json"
	is "nothing is attributed where nothing changed" test -z "$(grep attributed <<<"$output")"
	inject "$command:2000" "a slower host" host "$command" 2000 "${command/host:/the host\'s }"
	inject __iommu_unmap:300 "a slower guest" guest __iommu_unmap 300 __iommu_unmap
}

echo "TAP version 13"
private_cache
mkdir "$work/out"
both_sides
nothing_is_left
hung_guest
no_kit
if [ -e "$cache/kernels/arm64-host/vmlinuz" ] && [ -e "$build/arm64/host-initramfs.cpio" ]; then
	nesting
else
	skip "a guest that nests" "not built: ./run_tests.sh --build-host-kernel, and make arm64"
fi
plan

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is caught on the counted clock: boots of one kernel, each with another seed, half of them the
# reference and half with a known slow-down; of each size, how many of 20 comparisons find it, with
# one run a side and with three. What was measured stays in OUT, and a second call goes on from there.
#
# usage: tests/proof/detect.sh OUT [BOOTS]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 OUT [BOOTS]" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
program=$here/build/iommu-perf peers=$here/build/proof/peers
out=$1 boots=${2:-20} scenario=strict-bare-4flows
export IOMMU_PERF_BASELINES=$out/none

# what is injected : the metric that it is in
cases='qi_submit_sync:1:qi_submit_sync.mean_ns qi_submit_sync:5:qi_submit_sync.mean_ns
	qi_submit_sync:8:qi_submit_sync.mean_ns __iommu_map:5:__iommu_map.mean_ns
	__iommu_map:8:__iommu_map.mean_ns __iommu_map:12:__iommu_map.mean_ns
	__iommu_unmap:5:__iommu_unmap.mean_ns __iommu_unmap:9:__iommu_unmap.mean_ns
	__iommu_unmap:12:__iommu_unmap.mean_ns flush:2000:flushes_per_unmap
	flush:1000:flushes_per_unmap'

# measure FOLDER SEED [INJECTION]: once; without a baseline the exit code is 4.
measure() {
	local to=$out/$1/$2 code=0

	[ -e "$to/$scenario.json" ] && return
	"$program" run "$scenario" --runs 1 --no-plain --seed "$2" ${3:+--inject "$3"} --out "$to" \
		>/dev/null || code=$?
	[ $code -eq 4 ] || { echo "$scenario, seed $2, ${3:-nothing injected}: exit $code" >&2; exit 1; }
}

# boot I: the reference and the runs under test of the I-th pair of seeds.
boot() {
	local case

	measure reference $((100 + $1))
	for case in $cases; do
		measure "${case%:*}" $((200 + $1)) "${case%:*}"
	done
}
export -f measure boot
export program out scenario cases

make -s -C "$here" all proof initramfs
seq "$boots" | xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'boot {}'

# caught BASE TEST CASE METRIC: of 20 comparisons, of so many runs on each side, those found worse.
caught() {
	"$peers" --comparisons 20 --base "$1" --runs "$2" --metric "$4" "$out"/reference/*/*.json \
		--with "$out/$3"/*/*.json | awk '/^this judge/ { print $3 "/20" }'
}

printf '%-20s %-24s %7s %7s %7s\n' INJECTED METRIC '4 v 1' '3 v 3' '1 v 1'
for case in $cases; do
	what=${case%:*} metric=${case##*:}
	printf '%-20s %-24s %7s %7s %7s\n' "$what" "$metric" "$(caught 4 1 "$what" "$metric")" \
		"$(caught 3 3 "$what" "$metric")" "$(caught 1 1 "$what" "$metric")"
done
for sides in '4 1' '3 3' '1 1'; do
	printf '\nnothing injected, %s runs against %s: ' "${sides% *}" "${sides#* }"
	"$peers" --comparisons 200 --base "${sides% *}" --runs "${sides#* }" "$out"/reference/*/*.json
done

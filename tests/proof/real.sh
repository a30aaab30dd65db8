#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is caught on the real clock, and how often nothing is called something: runs of six scenarios
# in turn, and of one with qi_submit_sync slowed by more and more. What was measured stays in
# OUT, and a second call goes on from there.
#
# usage: tests/proof/real.sh OUT [ROUNDS]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 OUT [ROUNDS]" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
program=$here/build/iommu-perf peers=$here/build/proof/peers
out=$1 rounds=${2:-16} slowed=strict-bare-2flows
scenarios="$slowed lazy-bare-2flows passthrough-bare-2flows none-shadow-2flows strict-bare-1flows
	lazy-bare-4flows"
sizes='200 1000 5000 20000'	# instructions
export IOMMU_PERF_BASELINES=$out/none

# measure FOLDER ROUND SCENARIO [INSTRUCTIONS]: once; without a baseline the exit code is 4.
measure() {
	local to=$out/$1/$2 code=0

	[ ! -e "$to/$3.json" ] || return 0
	"$program" run "$3" --clock real --runs 1 --no-plain ${4:+--inject "qi_submit_sync:$4"} \
		--out "$to" >/dev/null || code=$?
	[ $code -eq 4 ] || echo "$3: exit $code; left out" >&2
}

make -s -C "$here" all proof initramfs
started=$SECONDS
for round in $(seq "$rounds"); do
	for scenario in $scenarios; do
		measure none "$round" "$scenario"
	done
	[ "$round" -gt $((rounds * 3 / 5)) ] || for size in $sizes; do
		measure "$size" "$round" "$slowed" "$size"
	done
done
echo "measured in $((SECONDS - started)) s"

echo 'A/A, 200 comparisons:'
"$peers" --comparisons 200 --runs 5 "$out"/none/*/*.json
for size in $sizes; do
	printf '\n%s instructions more in qi_submit_sync, 100 comparisons:\n' "$size"
	"$peers" --comparisons 100 --base 10 --runs 5 "$out"/none/*/"$slowed".json --with "$out/$size"/*/*.json
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The collapse of a contended lock, on the real clock: runs with more and more flows, without and with
# a flush lock that is held the longer the more CPUs beyond 8 share it. What was measured stays in OUT,
# and a second call goes on from there.
#
# usage: tests/proof/contention.sh OUT [FLOWS...]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 OUT [FLOWS...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
program=$here/build/iommu-perf out=$1 rounds=5
inject=lock:40000:7	# instructions, for each other CPU beyond 7
shift
[ $# -gt 0 ] || set -- 8 16
export IOMMU_PERF_BASELINES=$out/no-baselines

# measure FOLDER ROUND FLOWS [INJECTION]: once; without a baseline the exit code is 4.
measure() {
	local to=$out/$1/$2 code=0 scenario=strict-bare-$3flows

	[ ! -e "$to/$scenario.json" ] || return 0
	"$program" run "$scenario" --clock real --runs 1 --no-plain ${4:+--inject "$4"} \
		--out "$to" >/dev/null || code=$?
	[ $code -eq 4 ] || echo "$scenario: exit $code; left out" >&2
}

make -s -C "$here" all initramfs
for round in $(seq "$rounds"); do
	for flows; do
		measure none "$round" "$flows"
		measure lock "$round" "$flows" "$inject"
	done
done
"$program" compare "$out"/none/*/*.json --with "$out"/lock/*/*.json --html "$out/page.html" |
	grep -E 'collapses|^strict-bare-[0-9]+flows  |^Verdict|^throughput'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# False alarms on the counted clock: every scenario of the matrix, booted with seeds that no baseline
# was made of, and judged by the stored baselines, which a kernel that is the same must pass. What was
# measured stays in OUT, and a second call goes on from there.
#
# usage: tests/proof/alarms.sh OUT [SEED...]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 OUT [SEED...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
program=$here/build/iommu-perf out=$1
shift
[ $# -gt 0 ] || set -- 9 12
export program out

# measure SEED SCENARIO: once. Whatever the verdict is, it is counted below.
measure() {
	local code=0

	[ ! -e "$out/$1/$2.json" ] || return 0
	"$program" run "$2" --runs 1 --no-plain --seed "$1" --out "$out/$1" >/dev/null || code=$?
	[ $code -le 1 ] || { echo "$2, seed $1: exit $code" >&2; exit 1; }
}
export -f measure

make -s -C "$here" all initramfs
for seed; do
	awk '{ print $1 }' "$here/tests/matrix" |
		xargs -P "$(nproc)" -I{} bash -euo pipefail -c "measure $seed {}"
done
# summary FILE...: the table, whatever its exit code.
summary() {
	"$program" judge --summary "$@" || true
}

for seed; do
	printf 'seed %s, judged once: ' "$seed"
	summary "$out/$seed"/*.json >"$out/$seed.log"
	tail -n 1 "$out/$seed.log"
	grep -E ' (regressed|inconclusive|invalid) ' "$out/$seed.log" || true
done
printf 'judged as a test is, a regression by both boots: '
for seed; do
	printf '%s\n' "$out/$seed"/*.json
done >"$out/all"
mapfile -t all <"$out/all"
summary "${all[@]}" | tail -n 1

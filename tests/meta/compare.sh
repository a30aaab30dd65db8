#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verb compare, as a user meets it: exit codes, messages, reports, and files left as they were.
# Records come from tests/data; no machine is started.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

record=$data/strict-bare-4flows.json
slower=$data/strict-bare-4flows-slower.json	# $record, with iommu_map 2 % longer
reports=$data/reference
page=$work/page.html

# runs RECORD DIR N: N runs like RECORD, each from a moment of its own.
runs() {
	local i

	mkdir -p "$2"
	for i in $(seq "$3"); do
		sed "s/\"open_ns\": 41000000000, \"close_ns\": 42300000000/\"open_ns\": 4100000${i}000, \
\"close_ns\": 4230000${i}000/" "$1" >"$2/$i.json"
	done
}

narrow() {
	local widest

	widest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' <<<"$output")
	[ "$widest" -le 78 ] || { echo "$widest columns"; return 1; }
}

echo "TAP version 13"
run "$program" compare --help
point "help" 0 "Usage: iommu-perf compare BASE... --with TEST..." "--kernels"
run "$program" --help
point "the help of all verbs names it" 0 "compare BASE... --with TEST..."
run "$program" compare
one_line "no record" 2 "which records?"
run "$program" compare "$record"
one_line "one side alone" 2 "which records?"
run "$program" compare "$record" --with "$record" --with "$record"
one_line "three sides" 2 "--with twice"
run "$program" compare "$record" --with "$record" --plain --json
one_line "two formats" 2 "not both"
run "$program" compare "$record" --with "$record" --runs 3
one_line "an option of the other way" 2 "--runs is for --kernels"
run "$program" compare "$record" --with "$work/missing.json"
one_line "a missing file" 2 "cannot open $work/missing.json"
head -c 3000 "$record" >"$work/cut.json"
run "$program" compare "$work/cut.json" --with "$record"
one_line "a truncated record" 2 "$work/cut.json: line" "cut short"
change "$record" '"tracer": "' '"tracer": "00' "$work/tracer.json"
run "$program" compare "$record" --with "$work/tracer.json"
one_line "another tracer" 2 "$work/tracer.json cannot be compared: tracer differs"
run "$program" compare "$record" --with "$data/strict-bare-4flows-real.json"
one_line "another clock" 2 "cannot be compared: clock differs"
run "$program" compare "$record" --with "$reports/strict-nested-8flows.json"
one_line "no common scenario" 4 "no scenario is on both sides" "base has strict-bare-4flows"
change "$record" '"missed": 0' '"missed": 7000' "$work/lost.json"
run "$program" compare "$record" --with "$work/lost.json"
point "an invalid record alone" 3 "no valid run of test ($work/lost.json: lost"

run "$program" compare "$record" --with "$record"
point "the same on both sides" 0 "strict-bare-4flows: ok" "Verdict: ok"
runs "$record" "$work/a" 3
runs "$record" "$work/b" 3
runs "$slower" "$work/c" 3
run "$program" compare "$work/a"/*.json --with "$work/b"/*.json
point "three runs a side" 0 "strict-bare-4flows: ok" "3 runs"
run "$program" compare "$work/a"/*.json --with "$work/b"/*.json "$work/lost.json"
point "an invalid record among others" 0 "left out $work/lost.json: lost" "3 of 4 runs"
run "$program" compare "$work/a"/*.json "$work/a/1.json" --with "$work/b"/*.json
point "a file named twice" 0 "1 of 4 base runs repeat another"
sed -i 's/"kernel": "6.12.95+deb13-amd64 /"kernel": "6.13.0-rc4 /' "$work/c"/*.json
run "$program" compare "$work/a"/*.json --with "$work/c"/*.json
point "a longer path" 1 "strict-bare-4flows: regressed: " "iommu_map.mean_ns" "+2.00%" "6.13.0-rc4"
run "$program" compare "$work/a"/*.json --with "$work/b/1.json" "$work/c/1.json"
one_line "two kernels on one side" 2 "does not belong on the side test: kernel differs"
run "$program" compare "$work/c"/*.json --with "$work/a"/*.json
point "a shorter path" 0 "strict-bare-4flows: improved"
run "$program" compare "$work/a"/*.json "$reports"/*.json --with "$work/c"/*.json \
	"$reports/strict-nested-8flows.json"
point "several scenarios" 1 "Only in base: strict-nested-16flows, " "WORST CHANGE"
run "$program" compare --json "$work/a"/*.json --with "$work/c"/*.json
point "as JSON" 1 '"verdict": "regressed"' '"use": "used"'
run "$program" compare --plain "$work/a"/*.json --with "$work/c"/*.json
point "for a mail" 1 "iommu-perf compare: regressed" " !!"
is "for a mail: it is narrow" narrow
run "$program" compare --plain "$reports"/*.json --with "$reports"/*.json
point "reports for a mail" 0 "iommu-perf compare: "
is "reports for a mail: they are narrow" narrow

run "$program" compare "$work/a"/*.json --with "$work/c"/*.json --html "$page"
point "a page" 1 "regressed"
is "a page: it is whole" grep -q '^</html>$' "$page"
is "a page: it needs nothing else" test -z "$(grep -oE '<script|src=|url\(|https?:' "$page")"
cp "$page" "$work/before.html"
run bash -c 'trap "" XFSZ; ulimit -f 8; exec "$@"' - \
	"$program" compare "$work/a"/*.json --with "$work/b"/*.json --html "$page"
one_line "a page on a full disk" 2 "cannot write $page"
is "a page on a full disk: the old one is there" cmp "$work/before.html" "$page"
run "$program" compare "$record" --with "$record" --html "$work/nowhere/page.html"
one_line "a page in no folder" 2 "cannot write $work/nowhere/page.html"
is "nothing else is left" same "a b before.html c cut.json lost.json page.html tmp tracer.json" \
	"$(cd "$work" && echo *)"
run sh -c '"$0" compare "$1" --with "$1" >/dev/full' "$program" "$record"
one_line "a full disk under the output" 2 "cannot write the output"

run "$program" compare --kernels "$work/x" "$work/y"
one_line "two kernels and no scenario" 2 "at least one scenario"
run "$program" compare --kernels "$work/x" "$work/y" strict-bare-1flows --with "$record"
one_line "two kernels and records" 2 "not both"
run "$program" compare --kernels "$work/x" "$work/y" strict-bare-5flows
one_line "two kernels and what is no scenario" 2 "'5flows' must be"
run "$program" compare --kernels "$work/x" "$work/y" strict-bare-1flows --out "$work/out"
one_line "a folder without a kernel" 2 "no kernel at $work/x"
is "a folder without a kernel: nothing is written" test ! -e "$work/out"
mkdir "$work/x" "$work/y"
touch "$work"/{x,y}/{vmlinuz,modules} "$work/initramfs"
IOMMU_PERF_INITRAMFS=$work/initramfs run "$program" compare --kernels "$work/x" "$work/y" strict-bare-1flows --runs 2 --out "$work/out"
point "in turn, and none can run" 3
is "in turn: A B B A" same "base test test base" \
	"$(sed -n 's/^iommu-perf: strict-bare-1flows, \([a-z]*\): .*/\1/p' <<<"$output" | xargs)"
plan

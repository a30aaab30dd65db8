#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verb import: its files, its exit codes, and that what is wrong leaves no file.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

two=$data/import/two.txt
out=$work/out

# none NAME: nothing was written to $out.
none() {
	is "$1: no record is written" same "" "$(ls -A "$out" 2>/dev/null)"
}

# refused NAME FROM TO WANTED...: a changed report, after a good one, gives one line and no file.
refused() {
	change "$two" "$2" "$3" "$work/bad.txt"
	run "$program" import "$two" "$work/bad.txt" --out "$out"
	one_line "$1" 2 "$work/bad.txt:" "${@:4}"
	none "$1"
}

# shows NAME: what import wrote can be read by the other verbs.
shows() {
	run "$program" check --json "$out"/*.json
	case $code in
	0|3) verdict "$1" "" ;;
	*) verdict "$1" "exit code $code" ;;
	esac
}

echo "TAP version 13"
run "$program" import --help
point "help" 0 "Usage: iommu-perf import FILE... --out DIR"
run "$program" --help
point "the help of all verbs names it" 0 "import FILE... --out DIR"
run "$program" import --out "$out"
one_line "no file" 2 "which files?"
run "$program" import "$two"
one_line "no folder" 2 "Give --out DIR"
run "$program" import "$work/missing.txt" --out "$out"
one_line "a missing file" 2 "cannot open $work/missing.txt"
none "a missing file"
run "$program" import "$two" --frobnicate
point "an unknown option" 2 "import --help"

refused "a number that is none" "300000" "3oo" ":19: count of iommu_map: '3oo' is not a number"
refused "a row cut short" "5000.00         12.5        0.008000" "5000.00" \
	":19: the row has 5 of the table's 7 columns"
refused "a duplicate row" "iommu_unmap " "iommu_map " ":20: iommu_map stands in line 19 too"
refused "two names in a section" "flow01-" "flow03-" \
	":30: another run's name"
refused "an empty report" "$(cat "$two")" "" ":1: no section of a report"
echo data >"$work/file"
run "$program" import "$two" --out "$work/file/out"
one_line "records under what is a file" 2 "$work/file"
is "records under what is a file: it is as it was" same data "$(cat "$work/file")"

cp "$two" "$work/copy.txt"
run "$program" import "$two" - --out "$out" <"$work/copy.txt"
point "a file and standard input" 0 "$out/strict-nested-2flows.json"
is "a scenario's second record has a number" same "lazy-shadow-1flows.2.json
lazy-shadow-1flows.json
strict-nested-2flows.2.json
strict-nested-2flows.json" "$(ls "$out")"
shows "the records can be checked"
is "but for where they came from they are the same" same \
	"$(grep -v '"reproduce"' "$out/strict-nested-2flows.json")" \
	"$(grep -v '"reproduce"' "$out/strict-nested-2flows.2.json")"

# A record cannot be written where a folder is: what was written before it is taken away again.
rm -r "$out"
mkdir -p "$out/lazy-shadow-1flows.json/full"
run "$program" import "$two" --out "$out"
one_line "the second record cannot be written" 2 "cannot write $out/lazy-shadow-1flows.json"
is "the second record cannot be written: nor is the first" same "lazy-shadow-1flows.json" \
	"$(ls -A "$out")"
plan

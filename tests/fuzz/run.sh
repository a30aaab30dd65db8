#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz one target after another, each from a copy of its committed corpus, and print a line for
# each. What it finds is left in FOLDER/findings, what is new of its corpus in FOLDER/corpus.
#
# usage: run.sh FOLDER SECONDS TARGET...
# exit: 0 nothing was found, 1 something was.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
fuzzers=$1 seconds=$2
shift 2
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=8:malloc_context_size=10
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
child=
trap '[ -z "$child" ] || kill "$child" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM

# The last number that libFuzzer's log $1 gives for $2, a regular expression with one group.
figure() {
	sed -nE "s/.*$2.*/\1/p" "$1" | tail -n 1
}

fuzz() {
	local name=$1 corpus=$fuzzers/corpus/$1 log=$fuzzers/$1.log found code=0

	mkdir -p "$corpus" "$fuzzers/findings"
	cp "$here/corpus/$name"/* "$corpus"
	"$fuzzers/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-max_len=16384 -print_final_stats=1 -artifact_prefix="$fuzzers/findings/$name-" \
		"$corpus" >"$log" 2>&1 &
	child=$!
	wait "$child" || code=$?
	child=
	found=$(grep -oE "findings/$name-[a-z]+-[0-9a-f]+" "$log" | tail -n 1 || true)
	printf '%-14s %12s executions in %4s s, %6s edges covered, %s\n' "$name" \
		"$(figure "$log" 'number_of_executed_units: ([0-9]+)')" \
		"$(figure "$log" 'Done [0-9]+ runs in ([0-9]+) second')" \
		"$(figure "$log" 'cov: ([0-9]+)')" \
		"$([ "$code" -eq 0 ] && echo "nothing found" || echo "FOUND: ${found:-see $log}")"
	[ "$code" -eq 0 ]
}

bad=0
for target; do
	fuzz "$target" || bad=1
done
exit "$bad"

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the tests of the runner share; sourced, not run. A test makes points with point(), one_line()
# and is(), and ends with plan(). Everything it writes is below $work, which is removed at the end.
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${OUTPUT:-$here/build}
program=$build/iommu-perf
cache=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iommu-perf}
data=$here/tests/data
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export IOMMU_PERF_BASELINES=$work/baselines
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
points=0
output=
code=

# A test is a user of its own: what the make above it, or its caller, settled is not for it.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES OUTPUT TAP_LOGS IOMMU_PERF_OUT IOMMU_PERF_CLOCK
unset IOMMU_PERF_IOMMU IOMMU_PERF_KERNEL IOMMU_PERF_INITRAMFS IOMMU_PERF_QEMU IOMMU_PERF_MATRIX
unset IOMMU_PERF_HISTORY

# run COMMAND...: sets $output and $code, for the points that follow.
run() {
	output=$("$@" 2>&1)
	code=$?
}

# verdict NAME FAULT: one point; it failed where FAULT is not empty.
verdict() {
	points=$((points + 1))
	if [ -z "$2" ]; then
		echo "ok $points $1"
	else
		echo "not ok $points $1: ${2//$'\n'/; }"
		echo "# ${output//$'\n'/$'\n'# }"
	fi
}

# faults CODE WANTED...: what is wrong with $output and $code; see point().
faults() {
	local want=$1 word bad=

	shift
	[ "$code" -eq "$want" ] || bad="exit code $code, not $want"
	for word; do
		case $output in
		*"$word"*) ;;
		*) bad="${bad:+$bad; }no '$word'" ;;
		esac
	done
	echo "$bad"
}

# point NAME CODE WANTED...: the exit code must be CODE, and the output contain each WANTED.
point() {
	verdict "$1" "$(faults "${@:2}")"
}

# one_line NAME CODE WANTED...: the same, and the output must be a single line.
one_line() {
	local bad lines

	bad=$(faults "${@:2}")
	lines=$(wc -l <<<"$output")
	[ "$lines" -eq 1 ] || bad="${bad:+$bad; }$lines lines, not 1"
	verdict "$1" "$bad"
}

# is NAME COMMAND...: the command must succeed; it says on stdout why it did not.
is() {
	local said

	said=$("${@:2}" 2>&1) && said= || said=${said:-"${*:2}: exit code $?"}
	verdict "$1" "$said"
}

skip() {
	points=$((points + 1))
	echo "ok $points $1 # SKIP $2"
}

plan() {
	echo "1..$points"
}

# change FILE FROM TO NEW: a copy of FILE with the first FROM replaced.
change() {
	local text

	text=$(<"$1")
	printf '%s\n' "${text/"$2"/"$3"}" >"$4"
}

# of RECORD FUNCTION FIELD
of() {
	sed -nE "/^\t\t\"$2\": /{n;s/.*\"$3\": ([0-9]+),.*/\1/p}" "$1"
}

# same BEFORE AFTER: two texts, such as lists of files.
same() {
	[ "$1" = "$2" ] || { diff <(echo "$1") <(echo "$2") | sed -n 's/^[<>]/&/p'; false; }
}

# A cache of the test's own, in $private: what was prepared, by links, and no snapshots. Whatever
# runs on it is known by that folder's name, and told apart from what others run.
private_cache() {
	local part

	private=$work/cache
	mkdir -p "$private/snapshots"
	for part in kernels testbed kselftest; do
		ln -s "$cache/$part" "$private/$part"
	done
}

# private_snapshot SCENARIO [CLOCK]: put the snapshot that it restores into the private cache.
private_snapshot() {
	local newest shape=${1%-*flows*}

	run "$program" run "$1" --no-plain --out "$work/ensure"
	shape+=-${2:-counted}-1
	newest=$(find "$cache/snapshots" -name "$shape-*.snap" ! -name '*-probes-*' \
		-printf '%T@ %p\n' | sort -n | tail -n 1)
	cp --preserve=timestamps "${newest#* }" "$private/snapshots/"
}

# The QEMU processes that run from the private cache.
machines() {
	grep -lzF "$private/" /proc/[0-9]*/cmdline 2>/dev/null | xargs -r grep -lzxF -- -kernel \
		2>/dev/null | cut -d / -f 3
}

# All processes that were started with the private cache.
on_private_cache() {
	grep -lzxF "IOMMU_PERF_CACHE=$private" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3
}

# wait_for SECONDS COMMAND...: until the command's output is not empty.
wait_for() {
	local tries=$(($1 * 10))

	shift
	while [ -z "$("$@")" ]; do
		[ "$((tries -= 1))" -gt 0 ] || return 1
		sleep 0.1
	done
}

# none_left COMMAND: within some seconds the command lists nothing more.
none_left() {
	local left tries=100

	while left=$("$@") && [ -n "$left" ]; do
		[ "$((tries -= 1))" -gt 0 ] || { echo "left: ${left//$'\n'/ }"; return 1; }
		sleep 0.1
	done
}

# Everything below $work, but for locks, which are files of length 0.
files() {
	find "$work" ! -name '*.lock' ! -name lock ! -path "$work/ensure*" -printf '%y %s %p\n' | sort
}

# start COMMAND...: in the background and in a process group of its own, as from a terminal; $pid.
start() {
	before=$(files)
	set -m
	IOMMU_PERF_CACHE=$private "$@" </dev/null >"$TMPDIR.said" 2>&1 &
	pid=$!
	set +m
}

# end_with SIGNAL TARGET: $SETTLE seconds after a machine runs, send the signal; $code is the first
# process's.
end_with() {
	mid_way=no
	if wait_for 60 machines; then
		sleep "$SETTLE"
		[ -z "$(machines)" ] || mid_way=yes
	fi
	kill "-$1" -- "$2"
	wait "$pid" 2>/dev/null
	code=$?
	output=$(<"$TMPDIR.said")
	rm -f "$TMPDIR.said"
}

# nothing_left NAME CODE WANTED...: the points after each end.
nothing_left() {
	point "$1" "${@:2}"
	is "$1: a machine ran until then" test "$mid_way" = yes
	is "$1: no process is left" none_left on_private_cache
	is "$1: no machine is left" none_left machines
	is "$1: no file is left" same "$before" "$(files)"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run scenarios on the stock kernels of Debian's archive, one after another by version: each is
# fetched, unpacked to what a subject needs, booted anew, measured, and removed.
#
# usage: kernels.sh list RANGE
#        kernels.sh run PROGRAM RANGE OUT DB KEEP PROBES SCENARIO...
# RANGE is A..B, versions or their beginnings, both included; either may be empty. list prints
# "RELEASE VERSION PACKAGE SUITE" of each. run has PROGRAM (iommu-perf) measure, puts records into
# OUT/RELEASE/SCENARIO.json and adds them to the history DB. Where there is none, why not stands in
# OUT/RELEASE/SCENARIO.reason, one line. What has either is not run again: remove the reason to try
# again. Without KEEP (empty) a kernel that was fetched is removed afterwards. Stopped at any time,
# what is there is complete.
# exit: 0 all were run or say why not, 1 some could not be fetched, or stopped, 2 usage, or nothing
# runs on this machine.
set -euo pipefail
umask 022

CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
PARTIAL=$CACHE/partial
NEEDED_MB=700	# a package of 170 MB, what is unpacked of it, an initramfs
PATH=$PATH:/usr/sbin:/sbin
PROBES=	# what is traced
here=$(cd "$(dirname "$0")" && pwd)
tmp=		# ours, in OUT
child=		# the command that is waited for
fetched=	# the folder of a kernel that was not there before, and is not to be kept
locked=

for part in archive archive_kernels kernel check_kernel; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

say() { printf '%s\n' "kernels: $*" >&2; }

refuse() { say "$*"; exit 2; }

usage() {
	echo "usage: kernels.sh list RANGE | run PROGRAM RANGE OUT DB KEEP PROBES SCENARIO..." >&2
	exit 2
}

# Run a command that ends when this script is ended, by whatever signal.
wait_for() {
	local status=0

	bound "$@" &
	child=$!
	wait "$child" || status=$?
	child=
	[ "$status" -le 128 ] || exit 1	# interrupted
	return "$status"
}

cleanup() {
	[ -z "$child" ] || { kill -TERM "$child" && wait "$child"; } 2>/dev/null || true
	[ -z "$locked" ] || rm -rf "$PARTIAL"
	[ -z "$fetched" ] || rm -rf "$fetched"
	rm -rf "$tmp"
}

# Only one program at a time unpacks in the cache, or has apt at work there; prepare.sh is one of
# them. Until the end, or flock -u 9.
lock_cache() {
	flock -n 9 || { say "another preparation is at work; waiting for it"; wait_for flock 9; }
}

with_cache_locked() {
	local status=0

	lock_cache
	locked=1
	wait_for "$@" 9>&- || status=$?
	rm -rf "$PARTIAL"
	locked=
	flock -u 9
	return "$status"
}

# get_kernel PACKAGE VERSION: into $CACHE/kernels. It runs in a shell of its own, which ends where a
# command fails: with 1 where the kernel could not be fetched, with 5 where it cannot be used.
get_kernel() {
	rm -rf "$PARTIAL"
	[ "$(df --output=avail -BM "$CACHE" | tr -dc '0-9')" -ge "$NEEDED_MB" ] ||
		die "$CACHE has less than $NEEDED_MB MB free"
	download_kernel "$1=$2"
	trap '[ $? -eq 0 ] || exit 5' EXIT
	prepare_downloaded
}

# note_reason OUT RELEASE TEXT SCENARIO...: why they have no record.
note_reason() {
	local dir=$1/$2 text=$3 scenario

	shift 3
	for scenario; do
		say "${dir##*/}: $scenario: $text"
		printf '%s\n' "$text" >"$tmp/reason"
		mv "$tmp/reason" "$dir/$scenario.reason" || exit 1
	done
}

last_line() {
	tail -n 1 "$1" | sed 's/^\(kernels\|prepare\|iommu-perf\|initramfs\): //'
}

# control PROGRAM SCENARIO FAILURE: a kernel gave no record. Is it the kernel, or does nothing run here?
# The default one must.
control() {
	wait_for "$1" run "$2" --runs 1 --fresh --no-plain --clock counted --probes "$PROBES" \
		--out "$tmp/control" >/dev/null 2>"$tmp/log" || true
	[ -e "$tmp/control/$2.json" ] ||
		refuse "$3; and the default kernel, which must run: $(last_line "$tmp/log")"
}

# measure PROGRAM OUT DB RELEASE SCENARIO...: on the kernel that is in the cache.
measure() {
	local program=$1 out=$2 db=$3 release=$4 dir=$CACHE/kernels/$4 scenario status
	local text

	shift 4
	if ! "$here/initramfs.sh" "${program%/*}/agent" / "$dir" "$CACHE/testbed/sysroot" \
		"$tmp/initramfs.cpio" 2>"$tmp/log"; then
		die "$release: $(last_line "$tmp/log")"
	fi
	for scenario; do
		status=0
		IOMMU_PERF_INITRAMFS=$tmp/initramfs.cpio wait_for "$program" run "$scenario" \
			--kernel "$dir" --runs 1 --fresh --seed 7 --no-plain --clock counted \
			--probes "$PROBES" --out "$tmp" >/dev/null 2>"$tmp/log" || status=$?
		if [ ! -e "$tmp/$scenario.json" ]; then
			text=$(last_line "$tmp/log" | sed "s/^$scenario: //")
			[ "$status" -eq 4 ] || control "$program" "$scenario" "$release: $text"
			note_reason "$out" "$release" "$text" "$scenario"
		else
			mv "$tmp/$scenario.json" "$out/$release/$scenario.json" || exit 1
			add "$program" "$db" "$out/$release/$scenario.json"
			say "$release: $scenario: recorded"
		fi
	done
}

# What is there already is not added twice, and an invalid record is kept with its reason.
add() {
	local status=0

	"$1" history add --db "$2" "${@:3}" >"$tmp/added" || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit 1
}

# The scenarios that have neither record nor reason.
missing() {
	local dir=$1 scenario

	shift
	for scenario; do
		[ -e "$dir/$scenario.json" ] || [ -e "$dir/$scenario.reason" ] || echo "$scenario"
	done
}

# run_kernel PROGRAM OUT DB KEEP RELEASE VERSION PACKAGE SUITE SCENARIO...: 1: not fetched.
run_kernel() {
	local program=$1 out=$2 db=$3 keep=$4 release=$5 version=$6 package=$7 suite=$8 status=0
	local wanted part

	shift 8
	wanted=$(missing "$out/$release" "$@")
	[ -n "$wanted" ] || return 0
	mkdir -p "$out/$release"
	echo "$package $version $suite" >"$tmp/package"
	mv "$tmp/package" "$out/$release/package" || exit 1
	part=$(awk -v package="$package" '$1 == package { print $2; exit }' "$tmp/lacking")
	if [ -n "$part" ]; then
		# shellcheck disable=SC2086
		note_reason "$out" "$release" "the archive lost a part of it: $part" $wanted
		return 0
	fi
	if [ "$(cat "$CACHE/kernels/$release/package" 2>/dev/null)" != "$package $version" ]; then
		[ -n "$keep" ] || fetched=$CACHE/kernels/$release
		with_cache_locked "$here/kernels.sh" get "$package" "$version" 2>"$tmp/log" ||
			status=$?
	fi
	# shellcheck disable=SC2086
	case $status in
	0) measure "$program" "$out" "$db" "$release" $wanted ;;
	5) note_reason "$out" "$release" "$(last_line "$tmp/log")" $wanted ;;
	*) say "$release: $(last_line "$tmp/log")" ;;
	esac
	[ -z "$fetched" ] || rm -rf "$fetched"
	fetched=
	[ "$status" -eq 0 ] || [ "$status" -eq 5 ]
}

run_all() {
	local program=$1 range=$2 out=$3 db=$4 keep=$5 failed=0 n=0 all
	local release version package suite

	PROBES=$6
	shift 6
	mkdir -p "$out"
	exec 8>"$out/.lock"
	flock -n 8 || refuse "another history is at work in $out"
	tmp=$out/.partial
	rm -rf "$tmp"
	mkdir "$tmp"
	trap cleanup EXIT
	trap 'exit 1' HUP INT TERM
	find "$out" -name '*.json' -print0 | sort -zV | xargs -0r "$program" history add --db "$db" \
		>"$tmp/added" || [ $? -eq 123 ]
	all=$(kernels_in "$range")
	[ -n "$all" ] || refuse "the archive has no stock kernel in $range"
	say "$(wc -l <<<"$all") kernels"
	kernels_lacking >"$tmp/lacking"
	flock -u 9
	while read -r release version package suite <&7; do
		n=$((n + 1))
		say "$n: $release ($version, $suite)"
		run_kernel "$program" "$out" "$db" "$keep" "$release" "$version" "$package" \
			"$suite" "$@" || failed=$((failed + 1))
	done 7<<<"$all"
	[ "$failed" -eq 0 ] || die "$failed kernels could not be fetched: run it again"
}

mkdir -p "$CACHE" || die "cannot use $CACHE as cache: set IOMMU_PERF_CACHE"
exec 9>>"$CACHE/lock"
case ${1-} in
get) [ $# -eq 3 ] || usage; archive_kernels_config; get_kernel "$2" "$3" ;;	# run calls it
list) [ $# -eq 2 ] || usage; lock_cache; archive_kernels_open; kernels_in "$2" ;;
run) [ $# -ge 8 ] || usage; lock_cache; archive_kernels_open; run_all "${@:2}" ;;
*) usage ;;
esac

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ended half-way, in boot and in traffic, by SIGKILL and by Ctrl-C: nothing may be left behind, no
# process, no socket, no file.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
SETTLE=2	# seconds after the machine's start: in boot, or where it was restored in traffic

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

# end_with SIGNAL TARGET: once a machine runs, send the signal; $code is the first process's.
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

echo "TAP version 13"
private_cache
mkdir "$work/out"

start "$program" run "$scenario" --out "$work/out"
end_with KILL "$pid"
nothing_left "run, SIGKILL in boot" 137
start "$program" run "$scenario" --out "$work/out" --fresh
end_with INT "-$pid"
nothing_left "run, Ctrl-C in boot" 130

private_snapshot "$scenario"
start "$program" run "$scenario" --out "$work/out"
end_with KILL "$pid"
nothing_left "run, SIGKILL in traffic" 137
start "$program" run "$scenario" --out "$work/out"
end_with INT "-$pid"
nothing_left "run, Ctrl-C in traffic" 130

start "$here/run_tests.sh" --out "$work/new" "$scenario"
end_with KILL "$pid"
nothing_left "run_tests.sh, SIGKILL" 137
start "$here/run_tests.sh" --out "$work/new" "$scenario"
end_with INT "-$pid"
nothing_left "run_tests.sh, Ctrl-C" 130 "interrupted; nothing is left running"
start "$here/run_tests.sh" --out "$work/new" "$scenario"
wait_for 60 machines
end_with KILL "$(pgrep -P "$pid" -f '/prove ')"
nothing_left "prove, SIGKILL" 1
plan

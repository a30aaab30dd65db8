#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ended half-way, in boot and in traffic, by SIGKILL and by Ctrl-C: nothing may be left behind, no
# process, no socket, no file.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
SETTLE=2	# seconds after the machine's start: in boot, or where it was restored in traffic

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

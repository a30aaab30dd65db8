#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The counters of the emulated IOMMU: all events of the window, or an invalid run; never fewer.
# TRACE_RUNS: how many runs are made beside busy loops.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
RUNS=${TRACE_RUNS:-1}
LOOPS=4
out=$work/out
record=$out/$scenario.json
initramfs=$build/initramfs-$(basename "$(realpath "$cache/kernels/default")").cpio

# counter EVENT: its value in $record.
counter() {
	sed -nE "s/.*\"qemu-vtd\", \"event\": \"$1\", \"value\": ([0-9]+),.*/\1/p" "$record"
}

# calls FUNCTION: how often it was called, by BPF's count.
calls() {
	sed -nE "/^\t\t\"$1\": /{n;s/.*\"count\": ([0-9]+),.*/\1/p}" "$record"
}

# The machine that is traced, of those that run.
traced() {
	local pid

	for pid in $(machines); do
		! grep -qzxF -- -trace "/proc/$pid/cmdline" 2>/dev/null || echo "$pid"
	done
}

# cpu_time PID: of all its threads, in ticks.
cpu_time() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# start OPTION...: measure in the background, as $pid; returns when the traced machine runs.
start() {
	rm -f "$record"
	IOMMU_PERF_CACHE=$private "$program" run "$scenario" --out "$out" "$@" \
		</dev/null >"$TMPDIR.said" 2>&1 &
	pid=$!
	wait_for 60 traced
	qemu_pid=$(traced)
}

# finish: wait for what was started; $output and $code.
finish() {
	wait "$pid" 2>/dev/null
	code=$?
	output=$(<"$TMPDIR.said")
}

# stop SECONDS: stop the reader; does QEMU stand still, too?
stop() {
	local before after

	kill -STOP "$pid"
	sleep "$(($1 - 1))"
	before=$(cpu_time "$qemu_pid")
	sleep 1
	after=$(cpu_time "$qemu_pid")
	kill -CONT "$pid"
	[ "$before" = "$after" ] || echo "QEMU ran on: $before, $after ticks of CPU time"
}

# with_trace CHANGE: an emulator whose trace goes through a script of sed; "none": it has none.
with_trace() {
	rm -f "$record"
	run env IOMMU_PERF_CACHE="$private" IOMMU_PERF_QEMU="$work/qemu" \
		IOMMU_PERF_INITRAMFS="$initramfs" CHANGE="$1" "$program" run "$scenario" --out "$out"
}

echo "TAP version 13"
private_cache
private_snapshot "$scenario"
run env IOMMU_PERF_CACHE="$private" "$program" run "$scenario" --out "$out"
cp "$record" "$work/first.json"
is "each qi_submit_sync is one wait descriptor" test "$(counter inv_wait)" = "$(calls qi_submit_sync)"
is "there are some" test "$(counter inv_wait)" -gt 1000
is "in strict mode each of them invalidates pages once" \
	test "$(counter inv_iotlb_page)" = "$(counter inv_wait)"
is "a page that was mapped is missed once at least" \
	test "$(counter iotlb_update)" -ge "$(calls iommu_map)"

start
sleep 0.5
said=$(stop 4)
finish
verdict "the reader stands still, and QEMU with it" "$said"
is "it loses nothing" cmp "$work/first.json" "$record"

start --timeout 3
sleep 0.5
stop 5 >/dev/null
finish
# Once both go on, the reader may have caught up before the watchdog looks: no word on that here.
one_line "the reader stands still for too long" 3 "watchdog"
is "it leaves no record" test ! -e "$record"

start
sleep 1
kill -KILL "$pid"
finish
point "the reader is killed" 137
is "it leaves no record" test ! -e "$record"
is "it leaves no machine" none_left machines

start
sleep 1
kill -KILL "$qemu_pid"
finish
one_line "QEMU is killed" 3 "QEMU ended"
is "it leaves no record" test ! -e "$record"

for ((i = 0; i < LOOPS; i++)); do
	setpriv --pdeathsig KILL bash -c 'while :; do :; done' &
	loops+=("$!")
done
for ((i = 1; i <= RUNS; i++)); do
	run env IOMMU_PERF_CACHE="$private" "$program" run "$scenario" --out "$out"
	is "run $i beside $LOOPS busy loops is the first, to the last digit" \
		cmp "$work/first.json" "$record"
done
kill "${loops[@]}"
wait "${loops[@]}" 2>/dev/null

cat >"$work/qemu" <<-'END'
	#!/bin/bash
	args=()
	while [ "$#" -gt 0 ]; do
		case $CHANGE:$1 in
		none:-D | none:-trace)
			shift ;;
		*:-D)
			exec {trace}> >(exec sed -u "$CHANGE" >"$2")
			args+=(-D "/proc/self/fd/$trace")
			shift ;;
		*)
			args+=("$1") ;;
		esac
		shift
	done
	exec "$IOMMU_PERF_CACHE/testbed/qemu" "${args[@]}"
END
chmod +x "$work/qemu"
with_trace ''
is "a trace that is passed on whole is good" test "$(counter inv_wait)" = "$(calls qi_submit_sync)"
with_trace '/^serial_write .*07.*63/d'
one_line "a trace without the window's end" 3 "ends inside the window"
with_trace '/^serial_write .*07.*6f/d'
one_line "a trace without the window's beginning" 3 "a mark of the window comes where none may"
with_trace '/^vtd_inv_desc .*wait/s/ low .*//'
one_line "a trace with a line cut short" 3 "a line that is not known"
with_trace none
one_line "no trace" 3 "never marked"
is "it leaves no record" test ! -e "$record"
plan

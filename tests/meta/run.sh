#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a measurement can come to, on real machines: passed, regressed, invalid, skipped, timed out.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

scenario=strict-bare-1flows
slowed=qi_submit_sync
SLOWER=25	# instructions: 5 % of $slowed's path of 470
out=$work/out
record=$out/$scenario.json

# The change of $slowed's mean path that the last output names, in percent.
change_percent() {
	sed -nE "s/^$slowed\.mean_ns .* ([+-][0-9.]+) %.*/\1/p" <<<"$output" | head -n 1
}

# as_test NAME: run the scenarios' test program by that name.
as_test() {
	ln -sf "$build/tests/scenario" "$work/$1"
	run env IOMMU_PERF_OUT="$work/tests" IOMMU_PERF_CACHE="$private" \
		IOMMU_PERF_QEMU="${qemu:-$private/testbed/qemu}" IOMMU_PERF_INITRAMFS="$initramfs" \
		"$work/$1"
}

echo "TAP version 13"
private_cache
initramfs=$build/initramfs-$(basename "$(realpath "$cache/kernels/default")").cpio

run "$program" run "$scenario" --out "$out"
point "without a baseline" 4 "$scenario: no baseline"
run "$program" baseline accept "$record"
point "its record becomes the baseline" 0 "1 run"
cp "$record" "$work/first.json"
run "$program" run "$scenario" --out "$out"
point "pass" 0 "$scenario: ok"
is "the second record is the first, to the last digit" cmp "$work/first.json" "$record"
run "$program" run "$scenario" --out "$out" --inject "$slowed:0"
point "pass with no instruction more" 0
run "$program" run "$scenario" --out "$out" --inject "$slowed:$SLOWER"
point "regression" 1 "$scenario: regressed" "$slowed.mean_ns" " 4 %"
is "it is of about 5 %" awk -v c="$(change_percent)" 'BEGIN { exit !(c > 5 && c < 5.6) }'
run "$program" run "$scenario" --out "$out/asked" --mtu 4000 --congestion dctcp --ring 512 \
	--socket-buffer 262144 --offloads tso,gso
point "other traffic" 4 "$scenario: no baseline: congestion differs: here dctcp"
run cat "$out/asked/$scenario.json"
point "it is what was asked for" 0 '"congestion": "dctcp", "mtu": 4000, "ring_rx": 512, "ring_tx": 512' \
	'"receive_buffer": 524288, "send_buffer": 262144, "offloads": "gso,tso"' \
	"--congestion dctcp --mtu 4000 --ring 512 --socket-buffer 262144 --offloads gso,tso" \
	'"subject": {"rx_dropped": 0'
run "$program" check "$out/asked/$scenario.json"
point "its record is valid" 0
run "$program" run "$scenario" --out "$out" --inject "frobnicate:1"
one_line "a slow-down of what is not traced" 3 "frobnicate"

change "$work/first.json" '"missed": 0' '"missed": 1000' "$work/lost.json"
run "$program" judge "$work/lost.json"
point "an invalid record" 3 "$scenario: invalid" "lost"
# An emulator that boots the kernel in another mode than the one asked for.
qemu=$work/qemu
cat >"$qemu" <<-'END'
	#!/bin/bash
	exec "$IOMMU_PERF_CACHE/testbed/qemu" "${@/iommu.strict=1/iommu.strict=0}"
END
chmod +x "$qemu"
as_test "$scenario"
point "an invalid measurement" 1 "not ok" "mode" "DMA-FQ"
run "$program" check "$work/tests/$scenario.json"
point "its record says so too" 3 "$scenario: invalid" "DMA-FQ"

run "$program" run none-shadow-1flows --iommu amd --out "$out"
one_line "skip" 4 "none-shadow-1flows: skipped" "with VT-d's IOMMU"
qemu=
export IOMMU_PERF_IOMMU=amd
as_test none-shadow-1flows
unset IOMMU_PERF_IOMMU
point "skip of a test" 4 "1..0 # SKIP" "with VT-d's IOMMU"

rm -f "$record"
run env IOMMU_PERF_CACHE="$private" "$program" run "$scenario" --out "$out" --fresh --timeout 1
one_line "timeout" 3 "watchdog" "$scenario"
is "it left no machine" none_left machines
is "it left no record" test ! -e "$record"
plan

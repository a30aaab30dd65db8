#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The door: prepare what is missing, build, run scenarios under prove, sum up.
set -uo pipefail

COLLECTION=iommu-perf
here=$(cd "$(dirname "$0")" && pwd)
build=$here/build
child=
logs=
janitor=

usage() {
	cat <<EOF
Usage: $0 [OPTIONS] [SCENARIO...]
  -s | --summary		Print a summary only, with the detailed log in output.log (conflict with -p)
  -p | --per-test-log		Keep each test's log, beside its record (conflict with -s)
  -t | --test [COLLECTION:]TEST	Run TEST; may be repeated
  -c | --collection COLLECTION	Run all tests of COLLECTION ($COLLECTION is the only one)
  -l | --list			List the available collection:test entries
  -d | --dry-run		Print what would run, and run nothing
  -h | --help			Show this usage info
  --tier quick|full		Run the tests of this tier (default: quick)
  --clock counted|real		The subject's time: counted instructions (default), or the host's
  --iommu vtd|amd|virtio|smmuv3	The machine's IOMMU (default: vtd); the others have *-bare-* alone
  --out DIR			Where records and logs go (default: results/TIME here)
  --build-host-kernel		Build the arm64 host of nested guests, once, and run nothing
Without SCENARIO, -t and -c the tier is run. In the environment: IOMMU_PERF_CACHE, the folder for
what is downloaded; IOMMU_PERF_KERNEL, the folder of another kernel (prepare.sh --kernel makes it).
Exit: 0 all passed or skipped, 1 at least one failed, 2 usage, 4 nothing ran, 130 interrupted.
EOF
}

fail() {
	local code=$1

	shift
	echo "$(basename "$0"): $*" >&2
exit "$code"
}

# matrix [TIER]: the names of all scenarios, or of one tier's.
matrix() {
	awk -v tier="${1-}" 'tier == "" || $2 == tier { print $1 }' "$here/tests/matrix"
}

add_test() {
	local name=${1#"$COLLECTION:"}

	matrix | grep -qxF -- "$name" ||
		fail 2 "no such test \"$1\"; ./run_tests.sh -l lists those that there are"
	[[ " ${tests[*]-} " == *" $name "* ]] || tests+=("$name")
}

parse() {
	summary='' per_test='' dry='' list='' tier='' clock=counted out='' host_kernel='' tests=()
	driver=${IOMMU_PERF_IOMMU:-vtd}

	while [ $# -gt 0 ]; do
		case $1 in
		-t | --test | -c | --collection | --tier | --clock | --iommu | --out)
			[ $# -ge 2 ] || fail 2 "$1 needs a value; see -h" ;;
		esac
		case $1 in
		-s | --summary) summary=1 ;;
		-p | --per-test-log | --per_test_log) per_test=1 ;;
		-d | --dry-run) dry=1 ;;
		-l | --list) list=1 ;;
		-h | --help) usage; exit 0 ;;
		-t | --test) add_test "$2"; shift ;;
		-c | --collection)
			[ "$2" = "$COLLECTION" ] || fail 2 "no such collection \"$2\": it is $COLLECTION"
			tier=${tier:-full}; shift ;;
		--tier)
			case $2 in quick | full) ;; *) fail 2 "tier \"$2\": it is quick or full" ;; esac
			tier=$2; shift ;;
		--clock)
			case $2 in counted | real) ;; *) fail 2 "clock \"$2\": it is counted or real" ;; esac
			clock=$2; shift ;;
		--iommu)
			case $2 in vtd | amd | virtio | smmuv3) ;;
			*) fail 2 "IOMMU \"$2\": it is vtd, amd, virtio or smmuv3" ;;
			esac
			driver=$2; shift ;;
		--out) out=$2; shift ;;
		--build-host-kernel) host_kernel=--host-kernel ;;
		-*) fail 2 "unknown option $1; see -h" ;;
		*) add_test "$1" ;;
		esac
		shift
	done
	[ -z "$summary" ] || [ -z "$per_test" ] || fail 2 "-s and -p conflict"
}

select_tests() {
	[ ${#tests[@]} -eq 0 ] || return 0
	case $tier in
	full) mapfile -t tests < <(matrix) ;;
	*) mapfile -t tests < <(matrix quick) ;;
	esac
}

# Run one step so that it ends when this script does, however that happens. In the background, so
# that a signal is answered at once.
step() {
	setpriv --pdeathsig TERM "$@" &
	child=$!
	wait "$child"
}

# Wait until the janitor has seen every process of the tests end.
all_ended() {
	[ -n "$janitor" ] || return 0
	exec 9>&-
	timeout 20 tail -s 0.1 --pid="$janitor" -f /dev/null
}

# shellcheck disable=SC2317 # the traps call it
interrupted() {
	trap '' INT TERM HUP
	[ -z "$child" ] || { kill -TERM "$child" 2>/dev/null; wait "$child" 2>/dev/null; }
	all_ended || fail "$1" "interrupted, and a test does not end"
	fail "$1" "interrupted; nothing is left running"
}

# The logs' folder is removed as soon as this script and every process of the tests has ended,
# also when they were killed: each of them holds the janitor's pipe.
start_janitor() {
	exec 9> >(
		trap '' INT TERM HUP
		cat >/dev/null
		rm -rf "$logs"
		rmdir "$out" 2>/dev/null
	)
	janitor=$!
}

make_out() {
	local given=$out

	[ -n "$out" ] || out=results/$(date -u +%Y%m%dT%H%M%SZ)
	[ -n "$given" ] || [ ! -e "$out" ] || out+=-$$
	# shellcheck disable=SC2015
	mkdir -p "$out" && logs=$(mktemp -d "$(realpath "$out")/.tap.XXXXXX") ||
		fail 2 "cannot write to the folder $out for the records: give another with --out"
	out=${logs%/*}
	: >"$logs/.started"
	start_janitor
}

run_prove() {
	local jobs quiet=()

	jobs=$(nproc)
	[ "$clock" = counted ] || jobs=1	# on the host's clock tests disturb each other
	[ -z "$summary" ] || quiet=(-Q)
	export IOMMU_PERF_OUT=$out IOMMU_PERF_CLOCK=$clock IOMMU_PERF_KERNEL=$kernel
	export IOMMU_PERF_IOMMU=$driver
	export IOMMU_PERF_CACHE=$cache IOMMU_PERF_QEMU=${IOMMU_PERF_QEMU:-$cache/testbed/qemu}
	export IOMMU_PERF_INITRAMFS=$build/initramfs-${kernel##*/}.cpio TAP_LOGS=$logs
	step env -C "$build/tests" prove ${quiet[@]+"${quiet[@]}"} -j "$jobs" \
		--exec "setpriv --pdeathsig TERM $here/tests/tap.sh" "${tests[@]}"
}

# Why tests failed, since prove only counts; then the verdicts, and where everything is.
report() {
	local name records

	[ -n "$summary" ] || for name in "${tests[@]}"; do
		sed -n "/^not ok/s/^/$name: /p" "$logs/$name.tap" 2>/dev/null
	done
	[ -z "$summary" ] || for name in "${tests[@]}"; do
		echo "# $COLLECTION:$name"
		cat "$logs/$name.tap"
	done >"$out/output.log"
	[ -z "$per_test" ] || mv "$logs"/*.tap "$out"
	# The folder may hold older records: take those of this run.
	mapfile -t records < <(find "$out" -maxdepth 1 -name '*.json' -newer "$logs/.started" | sort)
	[ ${#records[@]} -gt 0 ] || return 0
	"$build/iommu-perf" judge --summary "${records[@]}"
	echo "records: $out"
}

# True when every test was skipped as a whole.
all_skipped() {
	local name

	for name in "${tests[@]}"; do
		grep -q '^1\.\.0 # SKIP' "$logs/$name.tap" || return 1
	done
}

parse "$@"
[ -z "$list" ] || { matrix | sed "s/^/$COLLECTION:/"; exit 0; }
select_tests
[ -z "$dry" ] || { printf "$COLLECTION:%s\n" "${tests[@]}"; exit 0; }

trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP

cache=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
step "$here/lib/testbed/prepare.sh" $host_kernel ||
	{ code=$?; [ $code -eq 4 ] || code=1; exit $code; }
[ -z "$host_kernel" ] || exit 0
kernel=$(realpath -e "${IOMMU_PERF_KERNEL:-$cache/kernels/default}" 2>/dev/null) ||
	fail 2 "no kernel in ${IOMMU_PERF_KERNEL:-$cache/kernels/default}: unset IOMMU_PERF_KERNEL"
step make -s -C "$here" -j "$(nproc)" KERNELDIR="$kernel" OUTPUT=build \
	all initramfs hosts || fail 1 "the build failed"
make_out
run_prove
code=$?
! all_skipped || code=4
report
[ "$code" -eq 0 ] || [ "$code" -eq 4 ] || code=1
all_ended
exit "$code"

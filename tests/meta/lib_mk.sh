#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The suite inside a kernel tree, as tools/testing/selftests/iommu-perf: it builds, installs and lists
# by kselftest's lib.mk, and what is installed runs. The tree has no more than that needs; make is
# called as selftests/Makefile calls it. Most objects are those that are there already.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

selftests=$work/linux/tools/testing/selftests
ours=$selftests/iommu-perf
installed=$work/installed

make_tree() {
	local part

	mkdir -p "$ours"
	cp "$cache"/kselftest/{lib.mk,kselftest.h,kselftest_harness.h} "$selftests"
	for part in Makefile config settings run_tests.sh baselines bpf cmd doc lib; do
		cp -a "$here/$part" "$ours"
	done
	mkdir "$ours/tests"
	cp -a "$here"/tests/{matrix,scenario.c,history_records.c,unit} "$ours/tests"
	mkdir "$ours/build"
	cp -a "$build"/{obj,iommu-perf,agent,*.a} "$ours/build"
	rm -f "$ours"/build/obj/cmd/list.*
}

# lib.mk installs by rsync, which is not everywhere: what it asks of it cp can do.
need_rsync() {
	! command -v rsync >/dev/null || return 0
	mkdir "$work/bin"
	cat >"$work/bin/rsync" <<-'SCRIPT'
	#!/bin/sh
	[ "$1 $2" = "-a --copy-unsafe-links" ] || { echo "rsync: $*" >&2; exit 1; }
	shift 2
	exec cp -a "$@"
	SCRIPT
	chmod +x "$work/bin/rsync"
	PATH=$work/bin:$PATH
}

# selftest TARGET: as selftests/Makefile does.
selftest() {
	make -s -C "$ours" OUTPUT="$ours" O= COLLECTION=iommu-perf SRC_PATH="$selftests" \
		OBJ_PATH="$installed" INSTALL_PATH="$installed/iommu-perf" "$@"
}

quick() {
	awk '$2 == "quick" { print $1 }' "$here/tests/matrix"
}

# The README's tier, each with the folder that it is in.
listed() {
	same "$(quick | sed 's/^/iommu-perf:/' | sort)" "$(sort "$1")"
}

echo "TAP version 13"
make_tree
need_rsync
run selftest all
point "it builds, and says what" 0 "CC       obj/cmd/list.o" "LINK     tests/scenario"
is "it builds where the objects belong" test -x "$ours/build/tests/strict-bare-4flows" -a ! -e "$ours/agent"
run selftest all
is "it builds nothing twice" same "" "$output"
run make -s -C "$ours" OUTPUT=build all
is "run_tests.sh's make finds it built" same "" "$output"
run selftest install
point "it installs" 0
mkdir -p "$installed"
selftest --no-print-directory emit_tests >"$installed/kselftest-list.txt"
is "all tests of the tier are listed" listed "$installed/kselftest-list.txt"
is "config and settings are installed" cmp "$here/settings" "$installed/iommu-perf/settings"
is "what a host boots is installed" compgen -G "$installed/iommu-perf/host-initramfs-*.cpio"
cp "$cache/kselftest/run_kselftest.sh" "$installed"
run bash "$installed/run_kselftest.sh" -l
point "run_kselftest.sh lists them" 0 "iommu-perf:strict-bare-1flows" "iommu-perf:none-nested-4flows"
unset IOMMU_PERF_BASELINES
run "$installed/iommu-perf/iommu-perf" baseline show strict-bare-4flows
point "what is installed finds its baselines" 0 "qi_submit_sync.mean_ns"
run "$installed/iommu-perf/iommu-perf" list --tier quick
is "and its matrix" same "$(quick)" "$(awk '/-/ { print $1 }' <<<"$output")"
run env -C "$installed/iommu-perf" IOMMU_PERF_OUT="$work" ./off-bare-1flows
point "a test that is installed runs" 0 "TAP version 13" "ok 1 "
ln -s "$here" "$selftests/linked"
run make -n -C "$selftests/linked" OUTPUT="$selftests/linked" INSTALL_PATH="$installed" install
point "a link in place of the folder is refused" 2 "no ../lib.mk"
run selftest clean
point "it cleans up" 0
is "nothing is left" test ! -e "$ours/build"
plan

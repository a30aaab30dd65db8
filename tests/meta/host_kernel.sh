#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What ./run_tests.sh --build-host-kernel has left in the cache: whole, and not made a second time.
# It is not run here where it has never been: that takes a quarter of an hour.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

kernel=$cache/kernels/arm64-host
table=$work/kernel/firmware/acpi/iort.aml

# The options of the fragment that the kernel does not have, and those of it that are modules.
options_amiss() {
	grep '^CONFIG_' "$here/lib/testbed/host-kernel.config" | grep -vxFf "$kernel/config"
	grep '=m$' "$kernel/config"
}

nothing_amiss() {
	local amiss

	amiss=$(options_amiss)
	[ -z "$amiss" ] || { echo "$amiss"; false; }
}

# The bytes of a table add up to 0, modulo 256.
adds_up() {
	[ $(($(od -An -v -tu1 "$1" | tr -s ' \n' '++' | sed 's/^+//; s/+$//') & 255)) -eq 0 ]
}

sorted() {
	grep '^CONFIG_' "$1" | LC_ALL=C sort -c
}

echo "TAP version 13"
is "the options are sorted" sorted "$here/lib/testbed/host-kernel.config"
if [ -e "$kernel/vmlinuz" ] && [ -e "$cache/testbed-arm64/iort.cpio" ]; then
	private_cache
	ln -s "$cache/testbed-arm64" "$private/testbed-arm64"
	ln -s "$cache/testbed-arm64-user" "$private/testbed-arm64-user"
	before=$(find "$private/" ! -name lock | sort)
	IOMMU_PERF_CACHE=$private run "$here/run_tests.sh" --build-host-kernel
	one_line "a second build does nothing and says so" 0 "the host kernel is there: linux-source"
	is "it leaves the cache as it was" same "$before" "$(find "$private/" ! -name lock | sort)"
	is "all options are set, and none is a module" nothing_amiss
	is "no module is to be loaded" test ! -s "$kernel/modules"
	(cd "$work" && cpio --quiet -id <"$cache/testbed-arm64/iort.cpio")
	is "the archive has the table where Linux looks for it" test -s "$table"
	is "its bytes add up to 0" adds_up "$table"
else
	skip "the host kernel" "not built: ./run_tests.sh --build-host-kernel"
fi
plan

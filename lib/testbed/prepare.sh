#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prepare what the suite needs and this machine lacks: build packages of the system, and in the
# cache folder QEMU, iperf3, a kernel and kselftest's headers. What is there is left alone.
#
# usage: prepare.sh [--kernel WHAT] [--host-kernel]
#        With --kernel, also prepare that kernel and print its folder in the cache. WHAT is a .deb
#        file, the name of a package in Debian's archive (or NAME=VERSION), a kernel's image or a
#        folder that one is in, with its modules (lib/modules/RELEASE) or its config beside it, or
#        the tree that a kernel was built in. With --host-kernel, also build the host of nested
#        guests on arm64, and prepare the machine that it runs on.
# With PREPARE_DIES=stdout in the environment it is there that a failure says why, for a program that
# has its own way to say it. The cache is $IOMMU_PERF_CACHE, by default
# ${XDG_CACHE_HOME:-~/.cache}/iommu-perf.
# exit: 0 all there, 1 failed, 2 usage, 4 an administrator must install packages first, 5 the kernel
# cannot be a subject.
set -euo pipefail
umask 022

CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
PARTIAL=$CACHE/partial
# At the worst moment: a package of 154 MB, its source unpacked, and all that is kept.
NEEDED_MB=700
PATH=$PATH:/usr/sbin:/sbin	# an ordinary user's lacks depmod and modprobe
here=$(cd "$(dirname "$0")" && pwd)

for part in archive archive_kernels packages pack sysroot kernel check_kernel given_kernel \
	kernel_build kselftest host_kernel arm64 arm64_user; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

# shellcheck disable=SC2034 # die() has it
[ "${PREPARE_DIES-}" != stdout ] || { exec 3>&1; DIE_FD=3; }

usage() {
	echo "usage: prepare.sh [--kernel FILE.deb|PACKAGE|FOLDER|IMAGE] [--host-kernel]" >&2
	exit 2
}

# What is there when nothing is missing. The order is that of the preparation.
complete() {
	[ -x "$CACHE/testbed/qemu" ] && default_kernel_complete &&
		[ -e "$CACHE/kselftest/kselftest_harness.h" ]
}

LOCKED=	# set while no other preparation may change the cache

lock_cache() {
	flock -n 9 || { say "another preparation is at work; waiting for it"; flock 9; }
	LOCKED=1
}

unlock_cache() {
	rm -rf "$PARTIAL"
	LOCKED=
	flock -u 9
}

cleanup() {
	[ -z "$LOCKED" ] || rm -rf "$PARTIAL"
	host_kernel_cleanup
}

free_mb() {
	df --output=avail -BM "$CACHE" | tr -dc '0-9'
}

check_space() {
	local free

	free=$(free_mb)
	[ "$free" -ge "$NEEDED_MB" ] ||
		die "$CACHE has $free MB free and needs $NEEDED_MB: free some, or set IOMMU_PERF_CACHE"
}

# A command failed and said why by itself. Subshells leave the last word to the script.
die_of_step() {
	[ "$BASH_SUBSHELL" -eq 0 ] || exit 1
	[ "$(free_mb)" -ge 20 ] || die "no space left in $CACHE: free some, or set IOMMU_PERF_CACHE"
	die "stopped; nothing half-done was kept"
}

prepare_all() {
	prepare_packages
	complete && return 0
	check_space
	prepare_sysroot
	prepare_default_kernel
	prepare_kselftest
}

# What the host of nested guests takes beyond the rest: its kernel, QEMU, a table for it, and what it
# runs and is built with.
prepare_host() {
	prepare_arm64_emulator
	prepare_arm64_userland
	prepare_host_kernel
	prepare_arm64_tables
}

host_announce() {
	host_kernel_complete || host_kernel_announce
	PACKAGES+=" $HOST_KERNEL_PACKAGES"
}

host_complete() {
	host_kernel_complete && arm64_complete && arm64_userland_complete
}

given='' host=
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) [ $# -ge 2 ] || usage; given=$2; shift 2 ;;
	--host-kernel) host=1; shift ;;
	*) usage ;;
	esac
done

mkdir -p "$CACHE" || die "cannot use $CACHE as cache: set IOMMU_PERF_CACHE"
exec 9>"$CACHE/lock" || die "cannot write to $CACHE: set IOMMU_PERF_CACHE"
lock_cache
trap 'cleanup' EXIT
trap 'die_of_step' ERR
set -E
rm -rf "$PARTIAL"	# of a preparation that was killed
host_kernel_sweep
if [ -n "$host" ] && host_complete; then
	say "the host kernel is there: $(<"$CACHE/kernels/arm64-host/package")"
	host=
fi
[ -z "$host" ] || host_announce
prepare_all
[ -z "$host" ] || prepare_host
[ -n "$given" ] || exit 0
prepare_given_kernel "$given"
echo "$KERNEL"

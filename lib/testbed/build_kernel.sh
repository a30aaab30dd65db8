#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel that can be a subject, from a source tree or from Debian's source, with the options
# of subject-kernel.config and nothing else: all is built in, and a build takes minutes. The next one
# into the same folder compiles only what has changed.
#
# usage: build_kernel.sh TREE OUT
#        TREE is a kernel's source, or the name of a package such as linux-source-6.12, which is then
#        unpacked to OUT.source once. OUT is the folder of the objects; TREE itself builds in place.
#        prepare.sh --kernel OUT takes what is built.
# exit: 0 built; 1 TREE does not build, or not to a kernel that can be a subject; 2 usage; 3 this
# machine cannot build (no compiler, no space); 130, 143 interrupted.
# shellcheck disable=SC2016,SC2034 # for dpkg; for the parts
set -euo pipefail
umask 022

CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
PATH=$PATH:/usr/sbin:/sbin
# The objects with debug information, of which BTF is made, and vmlinux twice.
NEEDED_MB=1800
TOOLS='bc bison flex gcc make pahole xz'
here=$(cd "$(dirname "$0")" && pwd)

for part in archive kernel check_kernel kernel_build; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done
say() { printf '%s\n' "build_kernel: $*" >&2; }
# With BUILD_DIES=stdout in the environment it is there that a failure says why.
if [ "${BUILD_DIES-}" = stdout ]; then exec 3>&1; else exec 3>&2; fi
exec >&2
DIE_CODE=1
die() { printf '%s\n' "build_kernel: $*" >&3; exit "$DIE_CODE"; }
machine_lacks() { DIE_CODE=3; die "$@"; }

usage() {
	echo "usage: build_kernel.sh TREE|PACKAGE OUT" >&2
	exit 2
}

check_machine() {
	local tool missing='' free

	for tool in $TOOLS; do
		command -v "$tool" >/dev/null || missing+=" $tool"
	done
	[ -z "$missing" ] || machine_lacks "these are missing, install the packages of the same name:$missing"
	mkdir -p "$out" 2>/dev/null || true
	[ -w "$out" ] || machine_lacks "cannot write to $out"
	# what is there already need not find room once more
	[ ! -e "$out/vmlinux" ] || return 0
	free=$(df --output=avail -BM "$out" | tr -dc '0-9')
	[ "$free" -ge "$NEEDED_MB" ] ||
		machine_lacks "$out has $free MB free, and a build needs $NEEDED_MB"
}

# source_of PACKAGE: sets BUILD_TREE to its source, unpacked. With the lock of the cache, in whose
# folder apt works.
source_of() {
	local package=$1 tmp=$out.source.partial

	DIE_CODE=3	# what goes wrong here is no fault of the source
	BUILD_TREE=$out.source
	if [ -e "$BUILD_TREE/.package" ]; then
		DIE_CODE=1
		return
	fi
	mkdir -p "$CACHE"
	exec 9>"$CACHE/lock"
	flock 9
	rm -rf "$tmp" "$BUILD_TREE"
	archive_open
	archive_download "$tmp/deb" "the kernel's source" "$package"
	exec 9>&-
	say "unpacking the kernel's source"
	kernel_unpack "$package" "$tmp"/deb/*.deb "$tmp/tree" "$SOURCE_UNUSED $SOURCE_UNUSED_X86"
	dpkg-deb -W --showformat='${Package} ${Version}\n' "$tmp"/deb/*.deb >"$tmp/tree/.package"
	mv "$tmp/tree" "$BUILD_TREE"
	rm -rf "$tmp"
	DIE_CODE=1
}

find_source() {
	if [[ $1 != */* ]] && [ ! -e "$1" ]; then
		source_of "$1"
		return
	fi
	BUILD_TREE=$(realpath "$1")
	[ -e "$BUILD_TREE/arch/x86/Kconfig" ] || machine_lacks "$1 is no kernel's source"
	if [ "$BUILD_TREE" != "$out" ] && [ -e "$BUILD_TREE/.config" ]; then
		machine_lacks "$1 was configured in place: give it as OUT too, or 'make mrproper' there"
	fi
}

failed() {
	local first

	[ "$(df --output=avail -BM "$out" | tr -dc '0-9')" -ge 20 ] ||
		machine_lacks "no space is left in $out"
	first=$(kernel_make_errors 1)
	die "$BUILD_TREE does not build: ${first:-make $1 failed} (all of it is in $BUILD_LOG)"
}

configure() {
	local dropped

	kernel_make allnoconfig || failed allnoconfig
	dropped=$(kernel_options_dropped)
	[ -z "$dropped" ] || say "this kernel does not take: $dropped"
	check_kernel "${BUILD_OBJECTS:-$BUILD_TREE}/.config" "$(basename "$BUILD_TREE")"
}

[ $# -eq 2 ] || usage
out=$(realpath -m "$2")
BUILD_OBJECTS=$out
BUILD_FRAGMENT=$here/subject-kernel.config
BUILD_OPTIONS=(ARCH=x86_64)
BUILD_LOG=$out/.build.log	# git ignores it, where OUT is TREE
trap 'kernel_make_end' EXIT
[ ! -e "$1" ] || [ "$(realpath "$1")" != "$out" ] || BUILD_OBJECTS=
trap 'exit 130' INT
trap 'exit 143' TERM
check_machine
find_source "$1"
begun=$SECONDS
configure
kernel_make bzImage || failed bzImage
say "the kernel $(<"$out/include/config/kernel.release") is built, after $(((SECONDS - begun) / 60)) min" \
	"$(((SECONDS - begun) % 60)) s"

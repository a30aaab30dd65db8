#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel that can be a subject, from a source tree or from Debian's source, with the options
# of subject-kernel.config and nothing else: all is built in, and a build takes minutes. The next
# one into the same folder compiles only what has changed. A tree that is given is only read.
#
# usage: build_kernel.sh TREE|PACKAGE OUT
#        TREE is a kernel's source that was never configured in place. PACKAGE is the name of one in
#        Debian's archive, such as linux-source-6.12, which is unpacked to OUT.source once. OUT is
#        the folder of the objects, and prepare.sh --kernel OUT takes what is built.
# exit: 0    built
#       1    the source is to blame: an error in it was seen, in its configuration or its code
#       2    usage, or this TREE, PACKAGE or OUT cannot be taken; nothing was written
#       3    anything else, which says nothing of the source: no compiler, no space, no memory, no
#            network, the headers of this machine, or a failure that nobody knows
#       5    the source is whole, but its kernel lacks options without which it can be no subject
#       130, 143 interrupted
# Of each but 0 the last line says why. With BUILD_DIES=stdout in the environment it goes there,
# alone, and all else to stderr.
# shellcheck disable=SC2016,SC2034 # for dpkg; for the parts
set -Eeuo pipefail
umask 022

CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
PATH=$PATH:/usr/sbin:/sbin
# The objects with debug information, of which BTF is made, and vmlinux twice.
NEEDED_MB=1800
TOOLS='bc bison flex gcc make pahole xz'
here=$(cd "$(dirname "$0")" && pwd)
half_done=	# what is ours to remove

# What make says where the machine is to blame; it may say that of a compiler, which then says more.
OF_MACHINE='No space left on device|Disk quota exceeded|Read-only file system|Input/output error
Cannot allocate memory|Resource temporarily unavailable|Too many open files|std::bad_alloc
(^|: )(out of memory|virtual memory exhausted|memory exhausted)
(^|[][ :])Killed([] ]|$)|terminated with signal|internal compiler error
\*\*\* .*\] (Terminated|Hangup|Segmentation fault|Bus error|Aborted|Illegal instruction)
(^|: )[^/ :]+: (command )?not found$|^make[^ ]*: [^/ ]+: (No such file|Permission denied)
(scripts|tools|certs)/[^ :]*:[0-9:]+ fatal error: .*: No such file or directory|cannot find -l
error while loading shared libraries|[Pp]lease install|is too old|not found in PATH
[Cc]ompiler lacks|this .*(compiler|assembler|linker) is not supported'
# And where the source is. That a command of a Makefile failed is none of these: any may, and of
# anything.
OF_SOURCE='^[^ ]+:[0-9]+(:[0-9]+)?: (fatal )?[Ee]rror: |^cc1: (all|some) warnings|^cc1: error
undefined reference to|multiple definition of|^[^ ]*ld: .*(rror|undefined|overlap|relocation)
^ERROR: modpost: |error: objtool: |FAILED unresolved symbol
Kconfig[^ :]*:[0-9]+: ?[^w ]
^[^ ]+:[0-9]+: \*\*\* .*Stop\.$|\*\*\* No rule to make target'

for part in archive check_kernel kernel_build; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done
if [ "${BUILD_DIES-}" = stdout ]; then exec 3>&1; else exec 3>&2; fi
exec >&2

say() { printf '%s\n' "build_kernel: $*" >&2; }
end() {
	printf '%s\n' "build_kernel: ${*:2}" >&3
	exit "$1"
}
die() { end 3 "$@"; }
refuse() { end 2 "$@"; }

# A command failed and said why by itself. Subshells leave the last word to the script.
unexpected() {
	[ "$BASH_SUBSHELL" -eq 0 ] || exit 3
	die "stopped, by '${1%%$'\n'*}' in line $2"
}

cleanup() {
	kernel_make_end
	[ -z "$half_done" ] || rm -rf "$half_done"
}

free_mb() {
	df --output=avail -BM "$out" | tr -dc '0-9'
}

# Before anything is written. Kbuild takes none of these, and says so as of a fault of the source.
check_arguments() {
	local file

	[[ $BUILD_TREE$out != *[[:space:]:]* ]] ||
		refuse "neither $BUILD_TREE nor $out may have a blank or a colon in its name"
	[ "$BUILD_TREE" != "$out" ] || refuse "the objects need another folder than $out"
	if [ -n "$package" ]; then
		[ ! -e "$BUILD_TREE" ] || [ "$(unpacked)" = "$package" ] ||
			refuse "$BUILD_TREE has $(unpacked): remove it, or name another OUT for" \
				"$package"
		return 0
	fi
	[ -e "$BUILD_TREE/arch/x86/Kconfig" ] || refuse "$BUILD_TREE is no kernel's source"
	for file in .config include/config arch/x86/include/generated; do
		[ ! -e "$BUILD_TREE/$file" ] ||
			refuse "$BUILD_TREE is configured in place: 'make mrproper' there, or" \
				"name a git checkout of its own"
	done
}

check_machine() {
	local tool missing='' free

	for tool in $TOOLS; do
		command -v "$tool" >/dev/null || missing+=" $tool"
	done
	[ -z "$missing" ] || die "these are missing, install the packages of the same name:$missing"
	mkdir -p "$out" 2>/dev/null || true
	[ -w "$out" ] || die "cannot write to $out"
	# what is there already need not find room once more
	[ ! -e "$out/vmlinux" ] || return 0
	free=$(free_mb)
	[ "$free" -ge "$NEEDED_MB" ] || die "$out has $free MB free, and a build needs $NEEDED_MB"
}

# The package that OUT.source is of.
unpacked() {
	local name=

	{ read -r name _ <"$BUILD_TREE/.package"; } 2>/dev/null || true
	echo "${name:-something else}"
}

# With the lock of the cache, in whose folder apt works.
unpack_source() {
	local tmp=$out.source.partial

	[ ! -e "$BUILD_TREE" ] || return 0
	mkdir -p "$CACHE" || die "cannot use $CACHE as cache: set IOMMU_PERF_CACHE"
	exec 9>"$CACHE/lock" || die "cannot write to $CACHE: set IOMMU_PERF_CACHE"
	flock -n 9 || { say "another preparation is at work; waiting for it"; flock 9; }
	half_done=$tmp
	rm -rf "$tmp"
	archive_open
	archive_download "$tmp/deb" "the kernel's source" "$package"
	exec 9>&-
	say "unpacking the kernel's source"
	kernel_unpack "$package" "$tmp"/deb/*.deb "$tmp/tree" "$SOURCE_UNUSED $SOURCE_UNUSED_X86"
	dpkg-deb -W --showformat='${Package} ${Version}\n' "$tmp"/deb/*.deb >"$tmp/tree/.package"
	mv "$tmp/tree" "$BUILD_TREE"
	rm -rf "$tmp"
	half_done=
}

# said PATTERNS: the first line of the log that has one; not what a compiler quotes of the source.
said() {
	grep -avE '^ *[0-9]* *\|' "$BUILD_LOG" | grep -am 1 -Ef <(printf '%s\n' "$1") || true
}

# failed CODE TARGET: say who is to blame for what make did. The source is where, and only where, an
# error in it is seen and nothing of the machine.
failed() {
	local all="(all of it is in $BUILD_LOG)" line

	[ "$1" -le 128 ] || die "make $2 was ended by signal $(($1 - 128)) $all"
	[ "$(free_mb)" -ge 20 ] || die "no space is left in $out"
	line=$(said "$OF_MACHINE")
	[ -z "$line" ] || die "this machine cannot build $BUILD_TREE: $line $all"
	line=$(said "$OF_SOURCE")
	[ -n "$line" ] || die "make $2 failed: $(tail -n 1 "$BUILD_LOG") $all"
	end 1 "$BUILD_TREE does not build: $line $all"
}

configure() {
	local dropped

	kernel_make allnoconfig || failed $? allnoconfig
	dropped=$(kernel_options_dropped)
	[ -z "$dropped" ] || say "this kernel does not take: $dropped"
	check_kernel "$out/.config" "$(basename "$BUILD_TREE")"
}

trap 'unexpected "$BASH_COMMAND" "$LINENO"' ERR
trap 'cleanup' EXIT
trap 'end 130 interrupted' INT
trap 'end 143 interrupted' TERM
if [ $# -ne 2 ] || [ -z "$1" ] || [ -z "$2" ]; then
	refuse "usage: build_kernel.sh TREE|PACKAGE OUT"
fi
out=$(realpath -m "$2")
package=
if [[ $1 != */* ]] && [ ! -e "$1" ]; then
	package=$1
	BUILD_TREE=$out.source
else
	BUILD_TREE=$(realpath -m "$1")
fi
BUILD_OBJECTS=$out
BUILD_FRAGMENT=$here/subject-kernel.config
BUILD_OPTIONS=(ARCH=x86_64)
BUILD_LOG=$out/.build.log
check_arguments
check_machine
[ -z "$package" ] || unpack_source
begun=$SECONDS
configure
kernel_make bzImage || failed $? bzImage
[ -e "$out/arch/x86/boot/bzImage" ] || die "make says that it is built, and $out has no bzImage"
say "the kernel $(<"$out/include/config/kernel.release") is built, after" \
	"$(((SECONDS - begun) / 60)) min $(((SECONDS - begun) % 60)) s"

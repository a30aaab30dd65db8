# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153
#
# Building a kernel from source, with the options of a fragment over allnoconfig and nothing else:
# what the host of nested guests (host_kernel.sh) and a subject (build_kernel.sh) have in common.

BUILD_TREE=	# the source
BUILD_OBJECTS=	# where the objects go; empty: into the source, which is ours then
BUILD_LOG=	# of make
BUILD_FRAGMENT=
BUILD_OPTIONS=()	# of make: ARCH= and such
BUILD_MAKE=	# the process that builds

# Most of the source, which none of the options compiles; but for what configures it.
SOURCE_UNUSED='Documentation/*/* arch/arm*/boot/dts/*/* drivers/accel/*.[ch] drivers/gpu/*.[ch]
drivers/iio/*.[ch] drivers/infiniband/*.[ch] drivers/media/*.[ch] drivers/net/wireless/*.[ch]
drivers/scsi/*.[ch] drivers/staging/*.[ch] drivers/usb/*.[ch] rust/*.[cr]* samples/*.[ch] sound/*.[ch]
tools/testing/*'
SOURCE_UNUSED_ARM64='arch/[!a]*/*.[chS] arch/alpha/*.[chS] arch/arc/*.[chS]'
SOURCE_UNUSED_X86='arch/[!x]*/*.[chS] arch/xtensa/*.[chS]'

# kernel_unpack PACKAGE DEB DIR UNUSED: the source in a package such as linux-source-7.3, but for the
# patterns UNUSED, into DIR.
kernel_unpack() {
	local package=$1 deb=$2 dir=$3 exclude=() part

	set -f	# these patterns are tar's
	for part in $4; do
		exclude+=("--exclude=$package/$part")
	done
	set +f
	mkdir -p "$dir"
	bound dpkg-deb --fsys-tarfile "$deb" |
		tar -xO --occurrence=1 "./usr/src/$package.tar.xz" 2>/dev/null | xz -dc 2>/dev/null |
		tar -x -C "$dir" --strip-components=1 --wildcards "${exclude[@]}" || true
	[ -e "$dir/virt/Makefile" ] || die "$package does not hold a whole source"
}

# kernel_make TARGET...: in the background, so that a signal is answered at once. The user, the
# machine and the time that the kernel would name are not taken from here, nor is the language:
# kbuild lets LC_ALL go, and the log is read. Not by bound(): a function in the background is a
# shell, and $! has to be make. Its exit code; what it says is in the log.
kernel_make() {
	local code=0

	env -u MAKEFLAGS -u MAKELEVEL LANG=C LC_MESSAGES=C LC_ALL=C \
		setpriv --pdeathsig TERM make -C "$BUILD_TREE" \
		${BUILD_OBJECTS:+O="$BUILD_OBJECTS"} -s -j "$(nproc)" "${BUILD_OPTIONS[@]}" \
		LOCALVERSION= KBUILD_BUILD_USER=iommu-perf KBUILD_BUILD_HOST=iommu-perf \
		KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP="$(LC_ALL=C date -u -r "$BUILD_TREE/Makefile")" \
		KCONFIG_ALLCONFIG="$BUILD_FRAGMENT" "$@" \
		</dev/null >"$BUILD_LOG" 2>&1 9>&- &
	BUILD_MAKE=$!
	wait "$BUILD_MAKE" || code=$?
	BUILD_MAKE=
	return "$code"
}

# End make, so that nothing is written any more.
kernel_make_end() {
	[ -z "$BUILD_MAKE" ] || { kill "$BUILD_MAKE"; wait "$BUILD_MAKE"; } 2>/dev/null || true
	BUILD_MAKE=
}

kernel_make_errors() {
	grep -E '[Ee]rror|\*\*\*|No space' "$BUILD_LOG" | head -n "$1" || true
}

# The lines of the fragment that the kernel did not take: an option that Kconfig drops says nothing
# by itself.
kernel_options_dropped() {
	grep '^CONFIG_' "$BUILD_FRAGMENT" |
		grep -vxFf "${BUILD_OBJECTS:-$BUILD_TREE}/.config" | paste -sd ' ' || true
}

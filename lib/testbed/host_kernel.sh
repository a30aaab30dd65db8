# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2153,SC2154
#
# The host of a nested guest: an arm64 kernel with IOMMUFD, which no kernel of Debian enables, built
# from Debian's source with the options of host-kernel.config and nothing else. It is the guest's
# kernel too. $CACHE/kernels/arm64-RELEASE holds vmlinuz (arm64's Image), config, `modules` (empty:
# all is built in) and `package` (the source); $CACHE/kernels/arm64-host points to it.

HOST_KERNEL_PACKAGES='bc bison flex gcc-aarch64-linux-gnu libc6-dev-arm64-cross pahole'
# What QEMU asks of it for a nested guest: vIOMMU objects are from 6.13, their event queues 6.15.
HOST_KERNEL_OLDEST=6.15
# The source unpacked, the objects with debug information (BTF is made of it), and vmlinux twice.
HOST_KERNEL_MB=2700
HOST_KERNEL_CPU_MINUTES=30
# Not in $PARTIAL: the build lets other preparations go on, and each of them empties that.
HOST_BUILD=$CACHE/build-host-kernel
HOST_BUILDING=	# set once there is something of ours to remove

host_kernel_complete() {
	[ -e "$CACHE/kernels/arm64-host/vmlinuz" ]
}

# What is about to happen, before anything does.
host_kernel_announce() {
	local cpus free

	cpus=$(nproc)
	free=$(free_mb)
	say "building the host of nested guests, an arm64 kernel with IOMMUFD, from Debian's source:"
	say "about 215 MB to download and 50 MB of packages to install where they are missing;" \
		"$HOST_KERNEL_MB MB in $CACHE, of which 140 stay;" \
		"about $((HOST_KERNEL_CPU_MINUTES / cpus + 1)) minutes on $cpus CPUs"
	[ "$free" -ge "$HOST_KERNEL_MB" ] || die "$CACHE has $free MB free and needs" \
		"$HOST_KERNEL_MB: free some, or set IOMMU_PERF_CACHE"
}

# Remove what a build that was killed has left; not the tree of one that is at work.
host_kernel_sweep() {
	[ -e "$HOST_BUILD" ] || return 0
	if flock -n 8; then
		say "removing what a killed build of the host kernel has left"
		rm -rf "$HOST_BUILD"
		flock -u 8
	fi 8>"$CACHE/host-kernel.lock"
}

# However the script ends: make first, so that nothing is written while the tree is removed.
host_kernel_cleanup() {
	[ -n "$HOST_BUILDING" ] || return 0
	say "removing what was built"
	kernel_make_end
	rm -rf "$HOST_BUILD"
}

# The package with the newest source in the archive, such as linux-source-7.3.
host_kernel_newest() {
	apt_private apt-cache pkgnames linux-source- | grep -E '^linux-source-[0-9.]+$' |
		sort -V | tail -n 1
}

# host_kernel_source PACKAGE: download and unpack it to $HOST_BUILD/tree; $HOST_BUILD/package says
# what it is.
host_kernel_source() {
	local package=$1 tmp=$PARTIAL/host-kernel

	archive_download "$tmp" "the kernel's source" "$package"
	say "unpacking the kernel's source"
	kernel_unpack "$package" "$tmp"/*.deb "$HOST_BUILD/tree" \
		"$SOURCE_UNUSED $SOURCE_UNUSED_ARM64"
	dpkg-deb -W --showformat='${Package} ${Version}\n' "$tmp"/*.deb >"$HOST_BUILD/package"
	rm -rf "$tmp"
}

# host_kernel_make TARGET...: in $HOST_BUILD/tree.
host_kernel_make() {
	BUILD_TREE=$HOST_BUILD/tree
	BUILD_LOG=$HOST_BUILD/log
	BUILD_FRAGMENT=$here/host-kernel.config
	BUILD_OPTIONS=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	! kernel_make "$@" || return 0
	kernel_make_errors 5 >&2
	die "the build of the host kernel failed (make $*)"
}

# All that is wanted must be set.
host_kernel_configure() {
	local missing

	host_kernel_make allnoconfig
	missing=$(kernel_options_dropped)
	[ -z "$missing" ] || die "$(<"$HOST_BUILD/package") cannot be configured as wanted;" \
		"mend host-kernel.config, which asks in vain for: $missing"
}

# Move what is kept to its place; the link comes last and says that it is complete.
host_kernel_keep() {
	local tree=$HOST_BUILD/tree out=$HOST_BUILD/out release

	host_kernel_make kernelrelease
	release=arm64-$(tail -n 1 "$HOST_BUILD/log")
	mkdir -p "$out" "$CACHE/kernels"
	cp "$tree/arch/arm64/boot/Image" "$out/vmlinuz"
	cp "$tree/.config" "$out/config"
	: >"$out/modules"
	mv "$HOST_BUILD/package" "$out/package"
	rm -rf "$CACHE/kernels/$release"
	mv "$out" "$CACHE/kernels/$release"
	ln -sfn "$release" "$CACHE/kernels/arm64-host"
}

# With the cache's lock; it is let go while the compiler works, which is most of the time.
prepare_host_kernel() {
	local package begun=$SECONDS

	! host_kernel_complete || return 0
	exec 8>"$CACHE/host-kernel.lock"
	flock -n 8 || die "another preparation builds the host kernel at this moment"
	rm -rf "$HOST_BUILD"
	archive_open
	package=$(host_kernel_newest)
	printf '%s\n' "$HOST_KERNEL_OLDEST" "${package#linux-source-}" | sort -CV ||
		die "the archive's newest source is ${package:-none}, and nested guests need a kernel" \
			"of $HOST_KERNEL_OLDEST or later: $SUITE-backports has them"
	HOST_BUILDING=1
	host_kernel_source "$package"
	host_kernel_configure
	say "compiling the host kernel $(<"$HOST_BUILD/package")"
	unlock_cache
	host_kernel_make Image
	lock_cache
	host_kernel_keep
	rm -rf "$HOST_BUILD"
	HOST_BUILDING=
	say "the host kernel is there, after $(((SECONDS - begun) / 60)) min" \
		"$(((SECONDS - begun) % 60)) s"
}

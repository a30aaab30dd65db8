# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153
#
# What an arm64 subject runs, and what its agent is built with, in $CACHE/testbed-arm64-user:
#
#   sysroot   iperf3, and for a host QEMU and its firmware; their libraries and loader, nothing else
#   dev       headers and libraries of the agent
#   version   of QEMU

ARM64_DEV='libbpf-dev libc6-dev libelf-dev libjansson-dev libmnl-dev libsmartcols-dev libsqlite3-dev
libzstd-dev linux-libc-dev zlib1g-dev'
# Data of QEMU that a virtual machine without ROMs and graphics does not read.
ARM64_UNUSED='ipxe-qemu|libasound2-data|libc-dev-bin|qemu-system-data|rpcsvc-proto|seabios'

# arm64_unpack DIR WHAT PACKAGE=VERSION...: download the packages and unpack them all into DIR.
arm64_unpack() {
	local dir=$1 deb

	archive_download "$dir.deb" "$2" "${@:3}"
	mkdir "$dir"
	for deb in "$dir.deb"/*.deb; do
		unpack "$deb" "$dir" --exclude=./usr/share/doc --exclude=./usr/share/man \
			--exclude=./usr/share/locale --exclude=./etc
	done
	rm -r "$dir.deb"
}

# arm64_sysroot OUT: of all that is unpacked, what the two programs need.
arm64_sysroot() {
	# shellcheck disable=SC2034
	local out=$1 suite list program all=$1.all packages=''

	sysroot_newest qemu-system-arm
	packages+=$'\n'$(sysroot_closure iperf3 qemu-efi-aarch64) ||
		die "$SUITE has no installable iperf3 or firmware for arm64"
	mapfile -t list < <(sort -u -t= -k1,1 -s <<<"$packages" | grep -vE "^($ARM64_UNUSED)=")
	arm64_unpack "$all" "QEMU and iperf3 for arm64" "${list[@]}"
	# Not all of lib: the sysroot's libraries are to be in usr/lib, as those of amd64 are.
	mkdir "$all/lib"
	ln -s ../usr/lib/ld-linux-aarch64.so.1 "$all/lib"
	for program in qemu-system-aarch64 iperf3; do
		install -D "$all/usr/bin/$program" "$out/usr/bin/$program"
		pack_libraries "$all/usr/bin/$program" "$all" "$out" libgcc_s.so.1
	done
	install -D -m 644 -t "$out/usr/share/qemu-efi-aarch64" \
		"$all/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
	rm -r "$all"
	printf '%s\n' "${list[@]}" >"$out/packages"
	sed -n 's/^qemu-system-arm=\(.*\)/\1/p' "$out/packages" >"$out/../version"
}

# arm64_dev OUT: no static libraries, but for the part of the C library that always is.
arm64_dev() {
	local out=$1 list

	# shellcheck disable=SC2086
	list=$(sysroot_closure $ARM64_DEV) || die "$SUITE lacks some of $ARM64_DEV for arm64"
	mapfile -t list < <(grep -vE "^($ARM64_UNUSED)=" <<<"$list")
	arm64_unpack "$out" "headers and libraries for arm64" "${list[@]}"
	ln -s usr/lib "$out/lib"
	rm -rf "${out:?}"/usr/{bin,sbin,libexec,share} "$out"/usr/lib/*/gconv
	find "$out" -name '*.a' ! -name libc_nonshared.a -delete
	printf '%s\n' "${list[@]}" >"$out/packages"
}

arm64_userland_complete() {
	[ -e "$CACHE/testbed-arm64-user/version" ]
}

prepare_arm64_userland() {
	local dir=$CACHE/testbed-arm64-user tmp=$PARTIAL/arm64-user

	! arm64_userland_complete || return 0
	check_space
	archive_of arm64
	archive_open
	mkdir -p "$tmp"
	arm64_dev "$tmp/dev"
	arm64_sysroot "$tmp/sysroot"
	rm -rf "$dir"
	mv "$tmp" "$dir"
	archive_of amd64
}

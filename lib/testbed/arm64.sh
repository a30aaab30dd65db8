# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153,SC2154
#
# The machine of the arm64 testbed: $CACHE/testbed-arm64 holds qemu and its sysroot as
# $CACHE/testbed does, QEMU_EFI.fd, its firmware, `version`, and iort.cpio. That one goes in front of
# every initramfs of a host of nested guests: Linux gives a guest a vIOMMU only where no device can
# bypass the caches, and QEMU's SMMUv3 does not say so; the table says it instead. It is QEMU's own
# table, so it is made by asking QEMU, and of the machine below.

ARM64_MACHINE='-M virt,virtualization=on,gic-version=3,iommu=smmuv3 -cpu neoverse-n1 -smp 1 -m 1G
-global arm-smmuv3.stage=nested -accel tcg,thread=single -icount shift=1,sleep=off'
ARM64_BOOT_SECONDS=180

arm64_complete() {
	[ -x "$CACHE/testbed-arm64/qemu" ] && [ -e "$CACHE/testbed-arm64/iort.cpio" ]
}

# The wrapper is that of the x86 testbed but for the program, and it finds the firmware.
arm64_write_wrapper() {
	sysroot_write_wrapper "$1"
	# shellcheck disable=SC2016
	sed -i -e 's/qemu-system-x86_64/qemu-system-aarch64/' -e 's|"\$@"|-L "${0%/*}" "$@"|' "$1"
	echo "# QEMU $2" >>"$1"	# snapshots are named by this file's hash
}

# arm64_firmware OUT: the UEFI firmware, as -bios takes it.
arm64_firmware() {
	local tmp=$PARTIAL/firmware file=usr/share/qemu-efi-aarch64/QEMU_EFI.fd

	archive_download "$tmp" "UEFI for arm64" qemu-efi-aarch64
	unpack "$tmp"/*.deb "$tmp" "./$file"
	mv "$tmp/$file" "$1"
	rm -rf "$tmp"
}

prepare_arm64_emulator() {
	local tmp=$PARTIAL/sysroot-arm64 version suite id packages

	[ ! -x "$CACHE/testbed-arm64/qemu" ] || return 0
	archive_open
	sysroot_newest qemu-system-arm
	version=$(sed -n 's/^qemu-system-arm=//p' <<<"$packages")
	id=arm64-${version//[!A-Za-z0-9.+~-]/_}
	say "the arm64 testbed takes QEMU $version from $suite"
	mapfile -t packages <<<"$packages"
	sysroot_fill "$tmp" "QEMU for arm64" "${packages[@]}"
	sysroot_check "$tmp/root" qemu-system-aarch64
	mkdir "$tmp/testbed"
	arm64_write_wrapper "$tmp/testbed/qemu" "$version"
	arm64_firmware "$tmp/testbed/QEMU_EFI.fd"
	ln -s "../sysroot-$id" "$tmp/testbed/sysroot"
	echo "$version ($suite)" >"$tmp/testbed/version"
	rm -rf "$CACHE/sysroot-$id" "$CACHE/testbed-arm64"
	mv "$tmp/root" "$CACHE/sysroot-$id"
	mv "$tmp/testbed" "$CACHE/testbed-arm64"
	"$CACHE/testbed-arm64/qemu" --version >/dev/null || die "the QEMU $version does not start"
	rm -rf "$tmp"
}

# arm64_pack DIR: an uncompressed cpio of a folder; the same input gives the same bytes.
arm64_pack() {
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -mindepth 1 -printf '%P\0' | LC_ALL=C sort -z |
		cpio --quiet --null -o -H newc --reproducible -R 0:0)
}

# arm64_boot INITRD LOG: boot the host kernel until its /init has switched the machine off.
arm64_boot() {
	local qemu=$CACHE/testbed-arm64

	# shellcheck disable=SC2086
	bound timeout "$ARM64_BOOT_SECONDS" "$qemu/qemu" $ARM64_MACHINE -bios "$qemu/QEMU_EFI.fd" \
		-nodefaults -nographic -serial stdio -monitor none -no-reboot \
		-kernel "$CACHE/kernels/arm64-host/vmlinuz" -initrd "$1" \
		-append "console=ttyAMA0 panic=-1 acpi=force" </dev/null >"$2" 2>&1 ||
		die "the host kernel does not boot: $(tail -n 1 "$2")"
}

# arm64_said LOG NAME: what /init said under that name; nothing when it did not.
arm64_said() {
	tr -d '\r' <"$1" | sed -n "s/^iort-init: $2 //p"
}

# Boot once for the table, write it, and boot with it: that the kernel takes it is seen, not hoped.
prepare_arm64_tables() {
	local tmp=$PARTIAL/tables table lacking

	[ ! -e "$CACHE/testbed-arm64/iort.cpio" ] || return 0
	mkdir -p "$tmp/root" "$tmp/table/kernel/firmware/acpi"
	say "booting the host kernel twice, for a table of its machine"
	aarch64-linux-gnu-gcc -static -O2 -Wall -Wextra -o "$tmp/root/init" "$here/arm64/iort_init.c"
	arm64_pack "$tmp/root" >"$tmp/initrd"
	arm64_boot "$tmp/initrd" "$tmp/log"
	table=$(arm64_said "$tmp/log" table)
	[ -n "$table" ] || die "no table came from QEMU: $(arm64_said "$tmp/log" error)"
	# shellcheck disable=SC2001
	printf '%b' "$(sed 's/../\\x&/g' <<<"$table")" >"$tmp/table/kernel/firmware/acpi/iort.aml"
	arm64_pack "$tmp/table" >"$tmp/iort.cpio"
	cat "$tmp/iort.cpio" "$tmp/initrd" >"$tmp/both"
	arm64_boot "$tmp/both" "$tmp/log"
	[ "$(arm64_said "$tmp/log" state)" = "as wanted" ] ||
		die "the host kernel does not take the table that $CACHE/testbed-arm64 needs"
	lacking=$(arm64_said "$tmp/log" lacking | paste -sd ' ')
	[ -z "$lacking" ] || die "the host kernel boots without $lacking"
	mv "$tmp/iort.cpio" "$CACHE/testbed-arm64/iort.cpio"
	rm -rf "$tmp"
}

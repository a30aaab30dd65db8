#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pack what a subject needs besides its own initramfs to be host to a guest: QEMU with the libraries
# and firmware that this guest takes, the modules that only a host loads, and the guest's kernel and
# initramfs, behind the subject's own initramfs: both are unpacked into RAM. The same input gives the
# same bytes.
#
#   /sysroot            QEMU, beside iperf3; the loader starts it, as it starts iperf3
#   /modules            the modules, with their order in /modules/order-host
#   /guest              vmlinuz and initramfs of the guest, and the version of its QEMU
#
# usage: host_initramfs.sh SYSROOT VERSION KERNELDIR INITRAMFS OUT.cpio [TABLES.cpio]
#        TABLES, of ACPI, stand in front of all, where the kernel looks for them.
set -euo pipefail
umask 022

die() { echo "host_initramfs: $*" >&2; exit 1; }

[ $# -eq 5 ] || [ $# -eq 6 ] || { sed -n 's/^# usage/usage/p' "$0" >&2; exit 2; }
sysroot=$1 version=$2 kernel=$3 initramfs=$4 out=$5 tables=${6-}
here=$(cd "$(dirname "$0")" && pwd)
root=	# set by pack_begin
# shellcheck source=/dev/null
. "$here/pack.sh"

# Without a VGA, a NIC of QEMU's own or a ROM of the assigned one, nothing else is read.
if [ -e "$sysroot/usr/bin/qemu-system-x86_64" ]; then
	qemu='qemu-system-x86_64'
	firmware='seabios/bios-256k.bin qemu/kvmvapic.bin qemu/linuxboot_dma.bin'
elif [ -e "$sysroot/usr/bin/qemu-system-aarch64" ]; then
	qemu='qemu-system-aarch64'
	firmware='qemu-efi-aarch64/QEMU_EFI.fd'
else
	die "no QEMU in $sysroot: run ./run_tests.sh"
fi
# A kernel without any modules may have the host's built in.
[ -r "$kernel/modules-host" ] || { [ -r "$kernel/modules" ] && [ ! -s "$kernel/modules" ]; } ||
	die "no kernel that can be a host in $kernel: run ./run_tests.sh"
[ -r "$initramfs" ] || die "no initramfs $initramfs: run make initramfs"

pack_begin "$out"
install -D "$sysroot/usr/bin/$qemu" "$root/sysroot/usr/bin/$qemu"
pack_libraries "$sysroot/usr/bin/$qemu" "$sysroot" "$root/sysroot"
for file in $firmware; do
	install -D -m 644 "$sysroot/usr/share/$file" "$root/sysroot/usr/share/$file"
done

mkdir "$root/modules" "$root/guest"
: >"$root/modules/order-host"
if [ -s "$kernel/modules-host" ]; then
	cp "$kernel/host"/*.ko "$root/modules"
	cp "$kernel/modules-host" "$root/modules/order-host"
fi
cp "$kernel/vmlinuz" "$root/guest/vmlinuz"
cp "$initramfs" "$root/guest/initramfs"
cp "$version" "$root/guest/qemu-version"
pack_end "$out.own"
cat ${tables:+"$tables"} "$initramfs" "$out.own" >"$out.tmp"
rm "$out.own"
mv "$out.tmp" "$out"

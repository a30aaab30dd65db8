#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pack the initramfs of the subject: the agent as /init with its libraries, the kernel's modules
# with their load order, and iperf3 with the sysroot's libraries. The same input gives the same
# bytes. Uncompressed: under emulation unpacking costs more than reading.
#
# usage: initramfs.sh AGENT KERNELDIR OUT.cpio
set -euo pipefail
umask 022

die() { echo "initramfs: $*" >&2; exit 1; }

[ $# -eq 3 ] || { echo "usage: initramfs.sh AGENT KERNELDIR OUT.cpio" >&2; exit 2; }
agent=$1 kernel=$2 out=$3
cache=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iommu-perf}
sysroot=$cache/testbed/sysroot
loader=lib64/ld-linux-x86-64.so.2
libdir=usr/lib/x86_64-linux-gnu

[ -x "$agent" ] || die "no agent at $agent: run make"
[ -r "$kernel/modules" ] || die "no kernel in $kernel: run ./run_tests.sh"
[ -x "$sysroot/usr/bin/iperf3" ] || die "no iperf3 in $sysroot: run ./run_tests.sh"

root=$out.root
rm -rf "$root"
mkdir -p "$root"
trap 'rm -rf "$root" "$out.tmp"' EXIT
trap 'exit 1' HUP INT TERM

# The libraries (paths) that a program needs: copied to the same places, where it looks for them.
for lib in $(ldd "$agent" | grep -o '/[^ ]*'); do
	install -D "$lib" "$root/$lib"
done
install -D "$agent" "$root/init"
strip "$root/init"

mkdir "$root"/{dev,proc,sys,tmp,run,modules}
find "$kernel/" -name '*.ko' -exec cp -t "$root/modules" {} +	# also those that only some runs load
cp "$kernel/modules" "$root/modules/order"

install -D "$sysroot/$loader" "$root/sysroot/$loader"
install -D "$sysroot/usr/bin/iperf3" "$root/sysroot/usr/bin/iperf3"
"$sysroot/$loader" --library-path "$sysroot/$libdir" --list "$sysroot/usr/bin/iperf3" |
	awk '/=> \// { print $3 }' | while read -r lib; do
	install -D "$lib" "$root/sysroot/$libdir/${lib##*/}"
done
# loaded by pthread_cancel(), so no dependency shows it
install -D "$sysroot/$libdir/libgcc_s.so.1" "$root/sysroot/$libdir/libgcc_s.so.1"

find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
	cpio --quiet --null -o -H newc --reproducible -R 0:0) >"$out.tmp"
mv "$out.tmp" "$out"

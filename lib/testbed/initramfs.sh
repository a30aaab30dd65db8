#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pack the initramfs of the subject: the agent as /init with its libraries, the kernel's modules
# with their load order, and iperf3 with the sysroot's libraries.
#
# usage: initramfs.sh AGENT LIBRARIES KERNELDIR SYSROOT OUT.cpio
#        LIBRARIES is the root folder of the system that the agent was linked for. The architecture
#        is that of the files; STRIP strips its programs.
set -euo pipefail
umask 022

die() { echo "initramfs: $*" >&2; exit 1; }

[ $# -eq 5 ] || {
	echo "usage: initramfs.sh AGENT LIBRARIES KERNELDIR SYSROOT OUT.cpio" >&2
	exit 2
}
agent=$1 libraries=$2 kernel=$3 sysroot=$4 out=$5
here=$(cd "$(dirname "$0")" && pwd)
root=	# set by pack_begin
# shellcheck source=/dev/null
. "$here/pack.sh"

[ -x "$agent" ] || die "no agent at $agent: run make"
[ -r "$kernel/modules" ] || die "no kernel in $kernel: run ./run_tests.sh"
[ -x "$sysroot/usr/bin/iperf3" ] || die "no iperf3 in $sysroot: run ./run_tests.sh"

pack_begin "$out"
pack_libraries "$agent" "$libraries" "$root"
install -D "$agent" "$root/init"
"${STRIP:-strip}" "$root/init"

mkdir "$root"/{dev,proc,sys,tmp,run,modules}
# Also those that only some runs load. A kernel that needs none has none.
find "$kernel/" -maxdepth 1 -name '*.ko' -exec cp -t "$root/modules" {} +
cp "$kernel/modules" "$root/modules/order"

install -D "$sysroot/usr/bin/iperf3" "$root/sysroot/usr/bin/iperf3"
# libgcc_s is loaded by pthread_cancel(), so no dependency shows it
pack_libraries "$sysroot/usr/bin/iperf3" "$sysroot" "$root/sysroot" libgcc_s.so.1
pack_end "$out"

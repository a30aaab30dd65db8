/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that are not the suite's come with their own C library, so that they are the same on
 * every host. They are started by their own loader.
 */
#ifndef AGENT_SYSROOT_H
#define AGENT_SYSROOT_H

#define SYSROOT "/sysroot"
#if defined(__aarch64__)
#define SYSROOT_LOADER SYSROOT "/lib/ld-linux-aarch64.so.1"
#define SYSROOT_LIBRARIES SYSROOT "/usr/lib/aarch64-linux-gnu"
#define SYSROOT_QEMU SYSROOT "/usr/bin/qemu-system-aarch64"
#else
#define SYSROOT_LOADER SYSROOT "/lib64/ld-linux-x86-64.so.2"
#define SYSROOT_LIBRARIES SYSROOT "/usr/lib/x86_64-linux-gnu"
#define SYSROOT_QEMU SYSROOT "/usr/bin/qemu-system-x86_64"
#endif
#define SYSROOT_IPERF3 SYSROOT "/usr/bin/iperf3"

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that are not the suite's come with their own C library, so that they are the same on
 * every host. They are started by their own loader.
 */
#ifndef AGENT_SYSROOT_H
#define AGENT_SYSROOT_H

#include "agent/arch.h"

#define SYSROOT "/sysroot"
#define SYSROOT_LOADER SYSROOT ARCH_LOADER
#define SYSROOT_LIBRARIES SYSROOT ARCH_LIBRARIES
#define SYSROOT_IPERF3 SYSROOT "/usr/bin/iperf3"
#define SYSROOT_QEMU SYSROOT "/usr/bin/" ARCH_QEMU

#endif
